import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import type { EventEnvelope } from "../core/events/envelope.ts";
import { eventColumns, toEnvelopeHead, type EventRow } from "./event-row.ts";

/**
 * A run's events in order. The schema is loaded here and not before, so that listing runs starts fast. Error:
 * `log.unreadable`, naming run, sequence and type.
 */
export function readEvents(database: Database) {
  const select = database.prepare<[string, number, number], EventRow>(
    `select ${eventColumns} from events where run_id = ? and sequence > ? order by sequence limit ?`,
  );
  return async (
    runId: string,
    range: { after?: number; limit?: number } = {},
  ): Promise<readonly EventEnvelope[]> => {
    const rows = select.all(runId, range.after ?? 0, range.limit ?? -1);
    if (rows.length === 0) return [];
    const { runEventSchema } = await import("../core/events/run-events.ts");
    return rows.map((row) => {
      const parsed = runEventSchema.safeParse({ type: row.type, payload: JSON.parse(row.payload) });
      if (!parsed.success) throw unreadable(row, parsed.error.issues[0]?.message ?? "");
      const { type: _type, ...head } = toEnvelopeHead(row);
      return { ...head, event: parsed.data };
    });
  };
}

function unreadable(row: EventRow, problem: string): PortcullisError {
  return new PortcullisError({
    code: "log.unreadable",
    kind: "environment",
    message: `run ${row.run_id}: event ${row.sequence} (${row.type}, version ${row.version}) cannot be read: ${problem}`,
    remedy: "use the Portcullis that wrote it",
  });
}
