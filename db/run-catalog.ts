import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import type { RunCatalog, RunSummary } from "../core/ports/run-catalog.ts";

const columns =
  "id, goal, pipeline, status, repository, branch, started_at as startedAt, finished_at as finishedAt";

/** Loads nothing but the driver: `portcullis runs` starts fast. A store that is not there yet has no runs. */
export function createRunCatalog(database: Database | null): RunCatalog {
  const list = (limit: number): readonly RunSummary[] =>
    database
      ?.prepare<[number], RunSummary>(`select ${columns} from runs order by started_at desc, id desc limit ?`)
      .all(limit) ?? [];
  const matching = (prefix: string): readonly RunSummary[] =>
    database
      ?.prepare<[string, string], RunSummary>(
        `select ${columns} from runs where substr(id, 1, length(?)) = ? limit 6`,
      )
      .all(prefix, prefix) ?? [];
  return {
    list: (options) => Promise.resolve(list(options?.limit ?? 1000)),
    resolve: (reference) => Promise.resolve().then(() => resolveRun(reference, list, matching)),
  };
}

/** The rules for naming a run, for every store. */
export function resolveRun(
  reference: string,
  list: (limit: number) => readonly RunSummary[],
  matching: (prefix: string) => readonly RunSummary[],
): RunSummary {
  const found = reference === "latest" ? list(1) : reference === "" ? [] : matching(reference.toLowerCase());
  const [only] = found;
  if (only !== undefined && (found.length === 1 || only.id === reference)) return only;
  if (found.length > 1) {
    const ids = found.slice(0, 5).map(({ id }) => id);
    throw usage(
      "run.ambiguous",
      `'${reference}' names several runs: ${ids.join(", ")}`,
      "give more of the id",
    );
  }
  const what = reference === "latest" ? "there is no run yet" : `there is no run '${reference}'`;
  throw usage("run.unknown", what, "see `portcullis runs` (and --state-dir)");
}

function usage(code: string, message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code, kind: "usage", message, remedy });
}
