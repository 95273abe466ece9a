import type { EventEnvelope } from "../core/events/envelope.ts";

/** An event as a row: the payload is its canonical JSON, redacted. */
export interface StoredEvent extends Omit<EventEnvelope, "event"> {
  type: string;
  payload: string;
}
