import type { RunCatalog, RunSummary } from "../../core/ports/run-catalog.ts";
import { chooseRun, latestRun } from "../choose-run.ts";

export function createMemoryRunCatalog(runs: ReadonlyMap<string, RunSummary>): RunCatalog {
  const newestFirst = (): RunSummary[] => [...runs.values()].toSorted((a, b) => compare(keyOf(b), keyOf(a)));
  return {
    list: async ({ limit = Infinity, erased = false } = {}) =>
      newestFirst()
        .filter(({ erasedAt }) => erased || erasedAt === null)
        .slice(0, limit),
    resolve: async (given) => {
      const reference = given.toLowerCase();
      if (reference === "latest") return latestRun(newestFirst().find(({ erasedAt }) => erasedAt === null));
      const matches = newestFirst().filter(({ id }) => reference !== "" && id.startsWith(reference));
      return chooseRun(reference, matches);
    },
  };
}

function keyOf(run: RunSummary): string {
  return `${run.startedAt} ${run.id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
