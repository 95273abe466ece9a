import type { EventEnvelope } from "../core/events/envelope.ts";

/** A row of `events`, columns as they are. */
export interface EventRow {
  id: string;
  run_id: string;
  sequence: number;
  type: string;
  version: number;
  time: string;
  actor: string;
  task_key: string | null;
  attempt_id: string | null;
  effect_id: string | null;
  causation_id: string | null;
  payload: string;
  payload_digest: string;
  previous_hash: string;
}

export const eventColumns =
  "id, run_id, sequence, type, version, time, actor, task_key, attempt_id, effect_id, causation_id, payload, " +
  "payload_digest, previous_hash";

/** All of the envelope but the event itself: what the hash chain covers. */
export function toEnvelopeHead(row: EventRow): Omit<EventEnvelope, "event"> & { type: string } {
  return {
    id: row.id,
    runId: row.run_id,
    sequence: row.sequence,
    type: row.type,
    version: row.version,
    time: row.time,
    actor: row.actor,
    taskKey: row.task_key,
    attemptId: row.attempt_id,
    effectId: row.effect_id,
    causationId: row.causation_id,
    payloadDigest: row.payload_digest,
    previousHash: row.previous_hash,
  };
}
