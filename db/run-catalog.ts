import type { Database } from "better-sqlite3";
import type { RunCatalog, RunSummary } from "../core/ports/run-catalog.ts";
import { chooseRun, latestRun, matchesToChooseFrom } from "./choose-run.ts";
import { onStore } from "./store-error.ts";

const columns =
  "id, goal, pipeline, status, repository, branch, started_at AS startedAt, finished_at AS finishedAt, erased_at AS erasedAt";
const newestFirst = "ORDER BY started_at DESC, id DESC";

/** The catalog in SQLite. Loads neither the schema of events nor what writes: `portcullis runs` waits for it. */
export function createRunCatalog(database: Database): RunCatalog {
  const listKept = database.prepare<[number], RunSummary>(
    `SELECT ${columns} FROM runs WHERE erased_at IS NULL ${newestFirst} LIMIT ?`,
  );
  const listAll = database.prepare<[number], RunSummary>(
    `SELECT ${columns} FROM runs ${newestFirst} LIMIT ?`,
  );
  // An id that equals the reference comes first, whatever is newer.
  const match = database.prepare<{ reference: string; limit: number }, RunSummary>(
    `SELECT ${columns} FROM runs WHERE id >= @reference AND substr(id, 1, length(@reference)) = @reference
    ORDER BY id <> @reference, started_at DESC, id DESC LIMIT @limit`,
  );
  return {
    list: async ({ limit = -1, erased = false } = {}) =>
      onStore(database, () => (erased ? listAll : listKept).all(limit)),
    resolve: async (given) => {
      const reference = given.toLowerCase();
      if (reference === "latest") return latestRun(onStore(database, () => listKept.get(1)));
      if (reference === "") return chooseRun(reference, []);
      const limit = matchesToChooseFrom;
      return chooseRun(
        reference,
        onStore(database, () => match.all({ reference, limit })),
      );
    },
  };
}
