import type { RunEventOf } from "../core/events/run-events.ts";
import type { RunState, StageState, TaskState } from "./state.ts";

/**
 * The state of a run that goes on: what was done stays done, what broke down is open again with all of its attempts, and what
 * was accepted as changed counts from here on. Pure.
 */
export function resume(state: RunState, payload: RunEventOf<"run.resumed">["payload"]): RunState {
  const { facts } = state;
  if (facts === null) return state;
  const { codex, model, codexConfig, baseRef, prompts } = payload;
  const pipeline = payload.pipeline ?? facts.pipeline;
  return {
    ...state,
    facts: { ...facts, pipeline, codex, model, codexConfig, baseRef, prompts },
    status: "running",
    reason: null,
    finishedAt: null,
    failure: null,
    chosen: null,
    resumptions: state.resumptions + 1,
    stages: pipeline.stages.map((spec) => stageOf(state, spec)),
    tasks: new Map([...state.tasks].map(([key, task]) => [key, opened(task)])),
  };
}

function stageOf(state: RunState, spec: StageState["spec"]): StageState {
  const found = state.stages.find(({ name }) => name === spec.name);
  if (found === undefined) return { name: spec.name, spec, status: "pending" };
  const brokeDown = found.status === "errored" || found.status === "failed";
  return { ...found, spec, status: brokeDown ? "pending" : found.status };
}

function opened(task: TaskState): TaskState {
  if (task.status !== "errored" && task.status !== "failed") return task;
  return { ...task, status: "pending", openedAt: task.attempts.length };
}
