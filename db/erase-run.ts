import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import type { ErasedBy } from "../core/events/run-events.ts";
import type { NewEvent } from "../core/events/envelope.ts";
import type { AppendRequest } from "../core/ports/event-log.ts";
import type { Clock } from "../core/clock.ts";
import type { Status } from "../core/status.ts";
import { prepareAppend } from "./append-events.ts";
import type { SealingTools } from "./seal-events.ts";
import { onStore } from "./store-error.ts";

interface Standing {
  status: Status;
  erasedAt: string | null;
  lastSequence: number;
  lastId: string;
  /** Who holds a lease that bears the run's id. */
  holder: string | null;
}

export interface Tombstones {
  /** Writes the tombstone and erases payloads, in one durable step. False where that was done before. */
  eraseRun(runId: string, by: ErasedBy): boolean;
  /** Says that what Codex emitted is erased; `sweepErased` does it. */
  eraseWire(runId: string, by: ErasedBy): void;
}

/** Errors: `run.running` (usage), where a process holds the run's lease; `run.unknown` where it has no event. */
export function prepareTombstones(database: Database, tools: SealingTools): Tombstones {
  const append = prepareAppend(database, tools);
  const stand = prepareStanding(database, tools.clock);
  const erasePayloads = database.prepare(
    "UPDATE events SET payload = '' WHERE run_id = ? AND sequence <= ? AND payload <> ''",
  );
  const lastWire = database
    .prepare<[string], number>("SELECT coalesce(max(position), 0) FROM wire_events WHERE run_id = ?")
    .pluck();
  const eraseRun = database.transaction((runId: string, by: ErasedBy): boolean => {
    const { status, erasedAt, lastSequence: through, lastId } = stand(runId);
    if (erasedAt !== null) return false;
    const payload = { by, through, status };
    append(tombstone(runId, through, lastId, { type: "run.erased", payload }));
    erasePayloads.run(runId, through);
    return true;
  });
  const eraseWire = database.transaction((runId: string, by: ErasedBy): void => {
    const { lastSequence, lastId } = stand(runId);
    const payload = { by, through: lastWire.get(runId) ?? 0 };
    append(tombstone(runId, lastSequence, lastId, { type: "wire.erased", payload }));
  });
  return {
    eraseRun: (runId, by) => onStore(database, () => eraseRun.immediate(runId, by)),
    eraseWire: (runId, by) => onStore(database, () => eraseWire.immediate(runId, by)),
  };
}

/** Reads how a run stands, and refuses one that a living process holds. */
function prepareStanding(database: Database, clock: Clock): (runId: string) => Standing {
  const select = database.prepare<{ runId: string; now: number }, Standing>(
    `SELECT runs.status, runs.erased_at AS erasedAt, events.sequence AS lastSequence, events.id AS lastId,
      (SELECT holder FROM leases WHERE instr(name, @runId) > 0 AND holder IS NOT NULL AND expires_at > @now) AS holder
    FROM runs JOIN events ON events.run_id = runs.id
    WHERE runs.id = @runId ORDER BY events.sequence DESC LIMIT 1`,
  );
  return (runId) => {
    const standing = select.get({ runId, now: clock.now() });
    if (standing === undefined) throw withoutLog(runId);
    if (standing.holder !== null) throw runningRun(runId, standing.holder);
    return standing;
  };
}

function tombstone(
  runId: string,
  expectedSequence: number,
  causationId: string,
  event: NewEvent["event"],
): AppendRequest {
  const nowhere = { taskKey: null, attemptId: null, effectId: null };
  return { runId, expectedSequence, events: [{ actor: "portcullis", causationId, ...nowhere, event }] };
}

function withoutLog(runId: string): PortcullisError {
  return new PortcullisError({
    code: "run.unknown",
    kind: "usage",
    message: `expected a run with a log, found no event of ${runId}`,
    remedy: "see what is wrong with the store with portcullis audit",
  });
}

function runningRun(runId: string, holder: string): PortcullisError {
  return new PortcullisError({
    code: "run.running",
    kind: "usage",
    message: `expected a run that nobody is at work on, found ${runId} held by ${holder}`,
    remedy: "wait until it has ended, or interrupt it",
  });
}
