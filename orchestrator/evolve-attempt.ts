import type { EventEnvelope } from "../core/events/envelope.ts";
import type { RunEventOf } from "../core/events/run-events.ts";
import type { AttemptState, TaskState } from "./state.ts";

/** The task after an event that belongs to one of its attempts. Total: what fits no attempt changes nothing. */
export function evolveAttempt(task: TaskState, envelope: EventEnvelope): TaskState {
  const { event, attemptId } = envelope;
  if (attemptId === null) return task;
  if (event.type === "attempt.started") return startAttempt(task, attemptId, event);
  const attempts = task.attempts.map((attempt) =>
    attempt.id === attemptId ? changeAttempt(attempt, envelope) : attempt,
  );
  if (event.type === "attempt.finished") return { ...task, attempts, findings: event.payload.findings };
  return { ...task, attempts };
}

function startAttempt(task: TaskState, id: string, event: RunEventOf<"attempt.started">): TaskState {
  if (task.attempts.some((attempt) => attempt.id === id)) return task;
  const { number, base, from, parent = from, findings } = event.payload;
  const attempt: AttemptState = {
    id,
    number,
    status: "running",
    base,
    from,
    parent,
    findings,
    checkoutId: null,
    worker: "none",
    turns: [],
    progress: null,
    salvaged: null,
    candidate: null,
    gates: [],
    merged: null,
    conflicts: null,
    failure: null,
  };
  return { ...task, status: "running", attempts: [...task.attempts, attempt] };
}

function changeAttempt(attempt: AttemptState, { event, effectId }: EventEnvelope): AttemptState {
  switch (event.type) {
    case "work-tree.prepared":
      return { ...attempt, checkoutId: event.payload.checkoutId };
    case "worker.started":
      return { ...attempt, worker: "running" };
    case "worker.ended":
      return { ...attempt, worker: "ended" };
    case "turn.progressed":
      return { ...attempt, progress: event.payload };
    case "turn.finished":
      return { ...attempt, turns: [...attempt.turns, event.payload], progress: null };
    case "work.salvaged":
      return { ...attempt, salvaged: event.payload };
    case "commit.made":
      return { ...attempt, candidate: event.payload };
    case "gate.judged":
      return {
        ...attempt,
        gates: [...attempt.gates, { effectId: effectId ?? "", judgement: event.payload.judgement }],
      };
    case "merge.made":
      return { ...attempt, merged: event.payload };
    case "merge.conflicted":
      return { ...attempt, conflicts: event.payload.paths };
    case "effect.failed":
      return { ...attempt, failure: event.payload.failure };
    case "attempt.finished":
      return { ...attempt, status: event.payload.status };
    default:
      return attempt;
  }
}
