import type { Database } from "better-sqlite3";
import { messageOf } from "../core/errors.ts";
import type { StoredWireEvent, WireEvent, WireLog } from "../core/ports/wire-log.ts";
import type { Redactor } from "../core/redaction.ts";

const flushAfterMs = 100;
const flushAtEvents = 1000;
const maxWaiting = 20_000;

interface WireRow {
  position: number;
  attempt_id: string;
  thread_id: string | null;
  time: string;
  type: string;
  payload: string;
}

/** Wire events in batches. What cannot be stored is counted and told once through `onProblem`, and stops no run. */
export function createWireLog(
  database: Database,
  redactor: Redactor,
  onProblem: (message: string) => void = () => undefined,
): WireLog {
  const lastOf = database
    .prepare<[string], number>("select max(position) from wire_events where run_id = ?")
    .pluck();
  const insert = database.prepare(
    `insert into wire_events (run_id, position, attempt_id, thread_id, time, type, payload)
     values (@runId, @position, @attemptId, @threadId, @time, @type, @payload)`,
  );
  const positions = new Map<string, number>();
  const counted = { stored: 0, dropped: 0 };
  let waiting: WireEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let told = false;

  const store = database.transaction((events: readonly WireEvent[]) => {
    for (const event of events) {
      const position = (positions.get(event.runId) ?? lastOf.get(event.runId) ?? 0) + 1;
      positions.set(event.runId, position);
      insert.run({ ...event, position, payload: JSON.stringify(redactor.value(event.payload) ?? null) });
    }
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    if (events.length === 0) return;
    try {
      store.immediate(events);
      counted.stored += events.length;
    } catch (error) {
      counted.dropped += events.length;
      positions.clear();
      if (!told) onProblem(`${events.length} wire events could not be stored: ${messageOf(error)}`);
      told = true;
    }
  }

  return {
    record(event) {
      if (waiting.length >= maxWaiting) {
        counted.dropped += 1;
        return;
      }
      waiting.push(event);
      if (waiting.length >= flushAtEvents) flush();
      else timer ??= setTimeout(flush, flushAfterMs);
    },
    flush: () => Promise.resolve(flush()),
    read: (runId, range) => Promise.resolve(readWire(database, runId, range)),
    counts: () => ({ ...counted }),
  };
}

export function readWire(
  database: Database,
  runId: string,
  range: { after?: number; limit?: number } = {},
): readonly StoredWireEvent[] {
  return database
    .prepare<[string, number, number], WireRow>(
      `select position, attempt_id, thread_id, time, type, payload from wire_events
       where run_id = ? and position > ? order by position limit ?`,
    )
    .all(runId, range.after ?? 0, range.limit ?? -1)
    .map((row) => ({
      runId,
      position: row.position,
      attemptId: row.attempt_id,
      threadId: row.thread_id,
      time: row.time,
      type: row.type,
      payload: JSON.parse(row.payload) as unknown,
    }));
}
