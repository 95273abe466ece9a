import type { Role } from "../../agents/role.ts";
import { PortcullisError } from "../../core/errors.ts";
import { roleOfStage } from "../stage-role.ts";
import type { AttemptState, RunFacts, RunState, StageState, TaskState } from "../state.ts";

export function runFacts(state: RunState): RunFacts {
  if (state.facts === null) throw missing("the run's start");
  return state.facts;
}

export interface Target {
  facts: RunFacts;
  stage: StageState;
  task: TaskState;
  attempt: AttemptState;
  /** Null in a stage without workers. */
  role: Role | null;
}

/** What an effect is about. */
export function targetOf(state: RunState, effect: { taskKey: string; attemptId: string }): Target {
  const task = state.tasks.get(effect.taskKey);
  const attempt = task?.attempts.find(({ id }) => id === effect.attemptId);
  const stage = state.stages.find(({ name }) => name === task?.stage);
  if (task === undefined || attempt === undefined || stage === undefined) throw missing(effect.attemptId);
  return { facts: runFacts(state), stage, task, attempt, role: roleOfStage(stage) };
}

/** The role of an effect that only a worker's attempt asks for. */
export function workerRole({ role, attempt }: Target): Role {
  if (role === null) throw missing(`a role for ${attempt.id}`);
  return role;
}

function missing(what: string): PortcullisError {
  return new PortcullisError({
    code: "effect.without-target",
    kind: "defect",
    message: `an effect was asked for, but the log does not know ${what}`,
    remedy: "report this with the run's events",
  });
}
