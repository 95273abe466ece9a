import type { EventEnvelope } from "../core/events/envelope.ts";

/** An event as a row: the payload is its canonical JSON, redacted. */
export interface StoredEvent extends Omit<EventEnvelope, "event"> {
  type: string;
  payload: string;
}

/** Stands for a payload that was erased; JSON is never empty. */
export const erasedPayload = "";

/** Columns of `events` as members, all but the payload. */
export const envelopeColumns = `id, run_id AS runId, sequence, type, version, time, actor, task_key AS taskKey,
  attempt_id AS attemptId, effect_id AS effectId, causation_id AS causationId, payload_digest AS payloadDigest,
  previous_hash AS previousHash`;
