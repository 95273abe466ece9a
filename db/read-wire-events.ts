import type { Database } from "better-sqlite3";
import type { QueuedWireEvent, WireStorage } from "./batched-wire-log.ts";
import { onStore } from "./store-error.ts";

export function prepareWireRead(database: Database): WireStorage["read"] {
  const select = database.prepare<[string, number, number], QueuedWireEvent & { position: number }>(
    `SELECT run_id AS runId, position, attempt_id AS attemptId, thread_id AS threadId, time, type, payload
    FROM wire_events WHERE run_id = ? AND position > ? ORDER BY position LIMIT ?`,
  );
  return (runId, { after, limit }) => onStore(database, () => select.all(runId, after, limit));
}
