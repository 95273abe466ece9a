import type { Database } from "better-sqlite3";
import type { QueuedWireEvent } from "./batched-wire-log.ts";
import { onStore } from "./store-error.ts";

/** Stores a batch in one transaction; positions go on from the last one of each run. */
export function prepareWireWrite(database: Database): (batch: readonly QueuedWireEvent[]) => void {
  const lastPosition = database
    .prepare<[string], number>("SELECT coalesce(max(position), 0) FROM wire_events WHERE run_id = ?")
    .pluck();
  const insert = database.prepare<[QueuedWireEvent & { position: number }]>(
    `INSERT INTO wire_events (run_id, position, attempt_id, thread_id, time, type, payload)
    VALUES (@runId, @position, @attemptId, @threadId, @time, @type, @payload)`,
  );
  const write = database.transaction((batch: readonly QueuedWireEvent[]) => {
    const positions = new Map<string, number>();
    for (const event of batch) {
      const position = (positions.get(event.runId) ?? lastPosition.get(event.runId) ?? 0) + 1;
      positions.set(event.runId, position);
      insert.run({ ...event, position });
    }
  });
  return (batch) => onStore(database, () => write.immediate(batch));
}
