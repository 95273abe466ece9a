import type { EventEnvelope } from "../core/events/envelope.ts";
import type { RunEvent } from "../core/events/run-events.ts";
import type { StoredEvent } from "./stored-event.ts";

/** What a row that was just sealed reads as. Its type and form are the caller's: only strings were redacted. */
export function sealedEnvelope(stored: StoredEvent): EventEnvelope {
  const { type, payload, ...envelope } = stored;
  const event = JSON.parse(`{"type":${JSON.stringify(type)},"payload":${payload}}`) as RunEvent;
  return { ...envelope, event };
}
