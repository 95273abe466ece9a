import type { Database } from "better-sqlite3";
import { isoTime, type Clock } from "../core/clock.ts";
import type { Cancellations } from "../core/ports/cancellations.ts";
import { onStore } from "./store-error.ts";

export function createCancellations(database: Database, clock: Clock): Cancellations {
  const insert = database.prepare<[string, string, string]>(
    "INSERT INTO cancellations (run_id, requested_by, time) VALUES (?, ?, ?) ON CONFLICT (run_id) DO NOTHING",
  );
  const select = database.prepare<[string], { by: string; time: string }>(
    "SELECT requested_by AS by, time FROM cancellations WHERE run_id = ?",
  );
  return {
    request: async (runId, by) => {
      onStore(database, () => insert.run(runId, by, isoTime(clock.now())));
    },
    find: async (runId) => onStore(database, () => select.get(runId)) ?? null,
  };
}
