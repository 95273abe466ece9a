import type { Database } from "better-sqlite3";
import { chainHash, type EventEnvelope } from "../core/events/envelope.ts";
import type { AppendRequest } from "../core/ports/event-log.ts";
import { prepareFenceCheck } from "./check-fence.ts";
import { projectRun } from "./project-run.ts";
import { sealEvents, type LastEvent, type SealingTools } from "./seal-events.ts";
import { sealedEnvelope } from "./sealed-envelope.ts";
import { onStore } from "./store-error.ts";
import { envelopeColumns, type StoredEvent } from "./stored-event.ts";

/** `EventLog.append`: events, their chain and the run's line in the catalog in one durable transaction. */
export function prepareAppend(
  database: Database,
  tools: SealingTools,
): (request: AppendRequest) => EventEnvelope[] {
  const selectLast = database.prepare<[string], LastEvent>(
    `SELECT ${envelopeColumns} FROM events WHERE run_id = ? ORDER BY sequence DESC LIMIT 1`,
  );
  const insert = database.prepare<[StoredEvent]>(
    `INSERT INTO events (run_id, sequence, id, type, version, time, actor, task_key, attempt_id, effect_id, causation_id,
      payload, payload_digest, previous_hash)
    VALUES (@runId, @sequence, @id, @type, @version, @time, @actor, @taskKey, @attemptId, @effectId, @causationId,
      @payload, @payloadDigest, @previousHash)`,
  );
  const keepProjection = prepareRunProjection(database);
  // A chain cannot show that its end was cut off; this can.
  const keepEnd = database.prepare("UPDATE runs SET last_sequence = ?, last_hash = ? WHERE id = ?");
  const checkFence = prepareFenceCheck(database);

  const append = database.transaction((request: AppendRequest, place: ReturnType<typeof sealEvents>) => {
    if (request.fence !== undefined) checkFence(request.fence);
    const sealed = place(selectLast.get(request.runId) ?? null);
    const envelopes = sealed.map((stored) => {
      insert.run(stored);
      const envelope = sealedEnvelope(stored);
      keepProjection(stored, envelope);
      return envelope;
    });
    const last = sealed.at(-1);
    if (last !== undefined) keepEnd.run(last.sequence, chainHash(last), last.runId);
    return envelopes;
  });
  return (request) => onStore(database, () => append.immediate(request, sealEvents(request, tools)));
}

function prepareRunProjection(database: Database): (stored: StoredEvent, envelope: EventEnvelope) => void {
  const insertRun = database.prepare(
    `INSERT INTO runs (id, goal, pipeline, status, repository, branch, started_at, finished_at)
    VALUES (@id, @goal, @pipeline, @status, @repository, @branch, @startedAt, @finishedAt) ON CONFLICT (id) DO NOTHING`,
  );
  const keepStatus = database.prepare(
    "UPDATE runs SET status = @status, finished_at = @finishedAt WHERE id = @id",
  );
  const eraseRun = database.prepare(
    "UPDATE runs SET goal = '', repository = '', branch = '', erased_at = @erasedAt WHERE id = @id",
  );
  return (stored, envelope) => {
    const projection = projectRun(stored, envelope.event);
    if (projection?.kind === "started") insertRun.run(projection.run);
    if (projection?.kind === "stands") {
      const { id, status, finishedAt } = projection;
      keepStatus.run({ id, status, finishedAt });
    }
    if (projection?.kind === "erased") eraseRun.run({ id: projection.id, erasedAt: projection.erasedAt });
  };
}
