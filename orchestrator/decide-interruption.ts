import { finding, type Finding } from "../core/finding.ts";
import type { Reason } from "../core/status.ts";
import { perform, record, type Decision } from "./decision.ts";
import { judgementOf } from "./gate-plan.ts";
import { currentAttempt } from "./moves.ts";
import { stageWrites } from "./stage-role.ts";
import type { AttemptState, RunState, StageState, TaskState } from "./state.ts";

/** How a run comes to rest before its work is done. */
export interface Rest {
  status: "interrupted" | "paused" | "cancelled";
  reason: Reason;
}

/**
 * The next step of a run that is to rest: its workers end, what they had done is kept, their attempts are closed; then the run
 * is. An attempt whose worker is done stays open: a resumed run goes on at its gates. Pure.
 */
export function decideRest(state: RunState, { status, reason }: Rest): Decision {
  if (state.finishedAt !== null) return { kind: "end" };
  for (const task of state.tasks.values()) {
    const attempt = currentAttempt(task);
    if (attempt?.status !== "running" || stageOf(state, task)?.spec.role === null) continue;
    if (!hasAnswered(attempt)) {
      return closeInterrupted(state, task, attempt, [finding("interrupt", reason.message)]);
    }
    const ending = endWorker(state, task, attempt);
    if (ending !== null) return ending;
  }
  return record({ event: { type: "run.finished", payload: { status, reason } } });
}

/**
 * Closes an attempt that nobody is to blame for: it does not count, and the next one is told what this one was told, and goes
 * on in the same thread from what was done. Pure.
 */
export function closeInterrupted(
  state: RunState,
  task: TaskState,
  attempt: AttemptState,
  why: readonly Finding[],
): Decision {
  const ending = endWorker(state, task, attempt);
  if (ending !== null) return ending;
  const place = { taskKey: task.key, attemptId: attempt.id };
  const salvage = `${attempt.id}:salvage`;
  if (hasUnsavedWork(stageOf(state, task), attempt) && !state.intended.has(salvage)) {
    return perform({ kind: "salvage", id: salvage, ...place, parent: attempt.parent });
  }
  const findings = [...attempt.findings, ...why];
  return record({
    event: { type: "attempt.finished", payload: { taskKey: task.key, status: "interrupted", findings } },
    ...place,
  });
}

function endWorker(state: RunState, { key: taskKey }: TaskState, attempt: AttemptState): Decision | null {
  const id = `${attempt.id}:end-worker`;
  if (attempt.worker !== "running" || state.intended.has(id)) return null;
  return perform({ kind: "end-worker", id, taskKey, attemptId: attempt.id });
}

/** Its worker has given what it was to give; what is left is ours. */
function hasAnswered(attempt: AttemptState): boolean {
  const turn = attempt.turns.at(-1);
  const handoff = judgementOf(attempt, `${attempt.id}:judge-handoff-${turn?.ordinal}`);
  return handoff?.verdict === "passed";
}

function hasUnsavedWork(stage: StageState | undefined, attempt: AttemptState): boolean {
  const writes = stage !== undefined && stageWrites(stage);
  return writes && attempt.worker !== "none" && attempt.candidate === null;
}

function stageOf(state: RunState, task: TaskState): StageState | undefined {
  return state.stages.find(({ name }) => name === task.stage);
}
