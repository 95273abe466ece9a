import type { Database } from "better-sqlite3";
import type { QueuedWireEvent } from "./batched-wire-log.ts";
import { onStore } from "./store-error.ts";

/** One statement for so many rows takes less time than one for each. */
const rowsAtOnce = 50;

/** Stores a batch in one transaction; positions go on from the last one of each run. */
export function prepareWireWrite(database: Database): (batch: readonly QueuedWireEvent[]) => void {
  const lastPosition = database
    .prepare<[string], number>("SELECT coalesce(max(position), 0) FROM wire_events WHERE run_id = ?")
    .pluck();
  const insertMany = database.prepare(insertOf(rowsAtOnce));
  const insertOne = database.prepare(insertOf(1));
  const write = database.transaction((batch: readonly QueuedWireEvent[]) => {
    const positions = new Map<string, number>();
    const values: unknown[] = [];
    for (const { runId, attemptId, threadId, time, type, payload } of batch) {
      const position = (positions.get(runId) ?? lastPosition.get(runId) ?? 0) + 1;
      positions.set(runId, position);
      values.push(runId, position, attemptId, threadId, time, type, payload);
      if (values.length === rowsAtOnce * columns.length) insertMany.run(values.splice(0));
    }
    for (let at = 0; at < values.length; at += columns.length) {
      insertOne.run(values.slice(at, at + columns.length));
    }
  });
  return (batch) => onStore(database, () => write.immediate(batch));
}

const columns = ["run_id", "position", "attempt_id", "thread_id", "time", "type", "payload"];

function insertOf(rows: number): string {
  const row = `(${columns.map(() => "?").join(", ")})`;
  return `INSERT INTO wire_events (${columns.join(", ")}) VALUES ${Array.from({ length: rows }, () => row).join(", ")}`;
}
