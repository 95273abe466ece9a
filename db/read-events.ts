import type { Database } from "better-sqlite3";
import type { EventLog } from "../core/ports/event-log.ts";
import { onStore } from "./store-error.ts";
import { envelopeColumns, type StoredEvent } from "./stored-event.ts";

/** `EventLog.read`. The schema of events is loaded at the first reading, not with the store. */
export function prepareRead(database: Database): EventLog["read"] {
  const select = database.prepare<[string, number, number], StoredEvent>(
    `SELECT ${envelopeColumns}, payload FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  );
  return async (runId, range = {}) => {
    const { upcastEvent } = await import("./upcast-event.ts");
    const rows = onStore(database, () => select.all(runId, range.after ?? 0, range.limit ?? -1));
    return rows.map(upcastEvent);
  };
}
