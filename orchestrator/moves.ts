import type { Move } from "../core/move.ts";
import { taskKey } from "../core/ids.ts";
import { roleOfStage, stageWrites } from "./stage-role.ts";
import type { AttemptState, RunState, StageState, TaskState } from "./state.ts";

/**
 * What a lead may choose now; empty while an attempt is under way or where nothing is to be chosen. `give-up` is
 * there whenever a task has failed, so that a run can always end.
 */
export function legalMoves(state: RunState): readonly Move[] {
  const stage = state.stages.find((candidate) => candidate.status === "running");
  if (stage === undefined || state.facts === null || state.chosen !== null) return [];
  const tasks = tasksOf(state, stage);
  if (tasks.some((task) => currentAttempt(task)?.status === "running")) return [];
  return tasks.flatMap((task) => movesFor(state, stage, task));
}

export function tasksOf(state: RunState, stage: StageState): readonly TaskState[] {
  return [...state.tasks.values()].filter((task) => task.stage === stage.name);
}

/** The last attempt since the task was opened. */
export function currentAttempt(task: TaskState): AttemptState | undefined {
  return task.attempts.length > task.openedAt ? task.attempts.at(-1) : undefined;
}

function movesFor(state: RunState, stage: StageState, task: TaskState): readonly Move[] {
  if (task.status === "passed") return [];
  const attempt = currentAttempt(task);
  if (attempt === undefined) {
    return isReady(state, stage, task) ? [{ kind: "dispatch", taskKey: task.key }] : [];
  }
  const moves: Move[] = [];
  // The same commit would be judged the same.
  if (stage.spec.kind === "check") return [{ kind: "give-up", taskKey: task.key }];
  if (attempt.status !== "interrupted" && isObjection(stage, attempt)) {
    if (mayReopen(state, stage)) moves.push({ kind: "reopen", taskKey: task.key });
  } else if (attemptsLeft(state, task) > 0 && isRetryable(attempt)) {
    moves.push({ kind: "retry", taskKey: task.key });
  }
  moves.push({ kind: "give-up", taskKey: task.key });
  return moves;
}

function isReady(state: RunState, stage: StageState, task: TaskState): boolean {
  const needs = task.spec?.dependsOn ?? [];
  return needs.every((id) => state.tasks.get(taskKey(stage.name, id))?.status === "passed");
}

export function attemptsLeft(state: RunState, task: TaskState): number {
  const allowed = state.facts?.pipeline.limits.attempts ?? 0;
  const counted = task.attempts.slice(task.openedAt).filter(({ status }) => status !== "interrupted");
  return Math.max(0, allowed - counted.length);
}

/** What a task has spent does not come back: another attempt would be over its budget too. */
function isRetryable(attempt: AttemptState): boolean {
  if (attempt.status === "interrupted") return true;
  const failure = attempt.failure ?? attempt.turns.at(-1)?.failure ?? null;
  const spent = attempt.gates.some(
    ({ judgement }) => judgement.name === "budget" && judgement.verdict === "failed",
  );
  return (failure === null || failure.retryable) && !spent && !isUnanswered(attempt);
}

/** Who is not there now will not be there for another attempt: it would cost and change nothing. */
function isUnanswered(attempt: AttemptState): boolean {
  return attempt.gates.some(({ judgement }) => judgement.name === "human" && judgement.verdict === "errored");
}

/** A role that changes nothing did its part, and what it judged did not pass: no other attempt of its own mends that. */
function isObjection(stage: StageState, attempt: AttemptState): boolean {
  if (stageWrites(stage)) return false;
  const reviews = roleOfStage(stage)?.gives === "review";
  return attempt.gates.some(({ judgement: { verdict, name, command } }) => {
    if (verdict !== "failed") return false;
    if (name === "review" || name.startsWith("artifact:") || command !== null) return true;
    return reviews && (name === "human" || /^(?:custom|review):/.test(name));
  });
}

function mayReopen(state: RunState, stage: StageState): boolean {
  const limit = state.facts?.pipeline.limits.reopenings ?? 0;
  return state.reopenings < limit && fanOutBefore(state, stage) !== undefined;
}

export function fanOutBefore(state: RunState, stage: StageState): StageState | undefined {
  const before = state.stages.slice(0, state.stages.indexOf(stage));
  return before.findLast((candidate) => candidate.spec.kind === "fan-out");
}
