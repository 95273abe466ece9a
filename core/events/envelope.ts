import { digestOf } from "../digest.ts";
import type { RunEvent } from "./run-events.ts";

/** The version of the payloads that this program writes. Older ones are upcast on read. */
export const eventVersion = 1;

/** Where an event belongs; null where it belongs to the run as a whole. */
export interface EventPlace {
  taskKey: string | null;
  attemptId: string | null;
  effectId: string | null;
}

/** An event before it has its place in the log. */
export interface NewEvent extends EventPlace {
  /** Who says so: `orchestrator`, a role, a lead, a person. */
  actor: string;
  /** The event that this one follows from, or null for the first. */
  causationId: string | null;
  event: RunEvent;
}

/** An event as the log holds it. `sequence` starts at 1 and has no gaps within a run. */
export interface EventEnvelope extends EventPlace {
  id: string;
  runId: string;
  sequence: number;
  version: number;
  /** ISO 8601, UTC, milliseconds. */
  time: string;
  actor: string;
  causationId: string | null;
  event: RunEvent;
  payloadDigest: string;
  /** `chainHash` of the event before, or `genesisHash`. */
  previousHash: string;
}

export const genesisHash = "0".repeat(64);

/** What the hash chain covers: all of the envelope and the payload's digest, but not the payload, which may be erased. */
export function chainHash(envelope: Omit<EventEnvelope, "event"> & { type: string }): string {
  const { id, runId, sequence, type, version, time, actor, taskKey, attemptId, effectId } = envelope;
  const { causationId, payloadDigest, previousHash } = envelope;
  return digestOf([
    id,
    runId,
    sequence,
    type,
    version,
    time,
    actor,
    taskKey,
    attemptId,
    effectId,
    causationId,
    payloadDigest,
    previousHash,
  ]);
}
