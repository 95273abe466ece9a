import type { Database } from "better-sqlite3";
import { isoTime, type Clock } from "../core/clock.ts";
import { canonicalJson, sha256 } from "../core/digest.ts";
import { PortcullisError } from "../core/errors.ts";
import { chainHash, eventVersion, genesisHash, type EventEnvelope } from "../core/events/envelope.ts";
import type { Ids } from "../core/ids.ts";
import type { AppendRequest } from "../core/ports/event-log.ts";
import type { Redactor } from "../core/redaction.ts";
import { eventColumns, toEnvelopeHead, type EventRow } from "./event-row.ts";
import { projectRun } from "./run-projection.ts";

export interface StoreTools {
  redactor: Redactor;
  clock: Clock;
  ids: Ids;
}

/** The envelopes of a request, following `last`; payloads are redacted before they are digested. Pure but for clock and ids. */
export function sealEvents(
  request: AppendRequest,
  last: { sequence: number; hash: string },
  { redactor, clock, ids }: StoreTools,
): readonly EventEnvelope[] {
  let { sequence, hash } = last;
  const time = isoTime(clock.now());
  return request.events.map((added) => {
    const { actor, taskKey, attemptId, effectId, causationId } = added;
    const event = redactor.value(added.event);
    sequence += 1;
    const head = { id: ids.event(), runId: request.runId, sequence, version: eventVersion, time, actor };
    const place = { taskKey, attemptId, effectId, causationId };
    const payloadDigest = sha256(canonicalJson(event.payload));
    const envelope = { ...head, ...place, event, payloadDigest, previousHash: hash };
    hash = chainHash({ ...envelope, type: event.type });
    return envelope;
  });
}

/** Appends in one transaction, durable when it returns. Error: `log.conflict`. */
export function appendEvents(database: Database, tools: StoreTools) {
  const lastOf = database.prepare<[string], EventRow>(
    `select ${eventColumns} from events where run_id = ? order by sequence desc limit 1`,
  );
  const insert = database.prepare(
    `insert into events (${eventColumns}) values (@id, @run_id, @sequence, @type, @version, @time, @actor, @task_key,
     @attempt_id, @effect_id, @causation_id, @payload, @payload_digest, @previous_hash)`,
  );
  const project = projectRun(database);
  const append = database.transaction((request: AppendRequest): readonly EventEnvelope[] => {
    const row = lastOf.get(request.runId);
    const sequence = row?.sequence ?? 0;
    if (sequence !== request.expectedSequence) throw conflict(request, sequence);
    const hash = row === undefined ? genesisHash : chainHash(toEnvelopeHead(row));
    const envelopes = sealEvents(request, { sequence, hash }, tools);
    for (const envelope of envelopes) {
      insert.run(toRow(envelope));
      project(envelope);
    }
    return envelopes;
  });
  return (request: AppendRequest): readonly EventEnvelope[] => append.immediate(request);
}

export function conflict(request: AppendRequest, found: number): PortcullisError {
  return new PortcullisError({
    code: "log.conflict",
    kind: "undecided",
    message: `run ${request.runId}: expected its last event to be ${request.expectedSequence}, found ${found}`,
    remedy: "another process works on this run; let it end",
    retryable: true,
  });
}

function toRow(envelope: EventEnvelope): EventRow {
  return {
    id: envelope.id,
    run_id: envelope.runId,
    sequence: envelope.sequence,
    type: envelope.event.type,
    version: envelope.version,
    time: envelope.time,
    actor: envelope.actor,
    task_key: envelope.taskKey,
    attempt_id: envelope.attemptId,
    effect_id: envelope.effectId,
    causation_id: envelope.causationId,
    payload: canonicalJson(envelope.event.payload),
    payload_digest: envelope.payloadDigest,
    previous_hash: envelope.previousHash,
  };
}
