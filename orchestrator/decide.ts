import type { Reason } from "../core/status.ts";
import { carryOutMove } from "./carry-out-move.ts";
import { decideAttempt } from "./decide-attempt.ts";
import { perform, record, type Decision } from "./decision.ts";
import { currentAttempt, legalMoves, tasksOf } from "./moves.ts";
import { pauseAtLimit } from "./pause-at-limit.ts";
import { roleOfStage } from "./stage-role.ts";
import type { RunFacts, RunState, StageState } from "./state.ts";

/** What comes next for a run. Pure: all branching is here, all input and output in `perform/`. */
export function decide(state: RunState): Decision {
  const { facts } = state;
  if (facts === null || state.finishedAt !== null) return { kind: "end" };
  if (state.inFlight.size > 0) return { kind: "wait" };
  if (state.failure !== null) return finish("errored", state.failure);
  if (state.environment === null) {
    return perform({ kind: "prepare-environment", id: once(state, "environment"), commit: facts.baseCommit });
  }
  const stage = state.stages.find(({ status }) => status === "running" || status === "pending");
  return stage === undefined ? decideEnd(state, facts) : decideStage(state, facts, stage);
}

function decideEnd(state: RunState, facts: RunFacts): Decision {
  if (state.published || facts.branch === null) return finish("passed", null);
  const id = once(state, "publish");
  return perform({ kind: "publish-branch", id, branch: facts.branch, commit: state.head });
}

/** What failed is asked for under a new id by a run that goes on. */
function once({ intended, resumptions }: RunState, id: string): string {
  return intended.has(id) ? `${id}-${resumptions + 1}` : id;
}

function decideStage(state: RunState, facts: RunFacts, stage: StageState): Decision {
  if (stage.status === "pending") {
    return record({ event: { type: "stage.started", payload: { stage: stage.name } } });
  }
  const tasks = tasksOf(state, stage);
  for (const task of tasks) {
    const attempt = currentAttempt(task);
    if (attempt?.status === "running")
      return decideAttempt({ state, facts, stage, task, attempt, role: roleOfStage(stage) });
  }
  if (state.chosen !== null) {
    const decision = carryOutMove(state, state.chosen);
    if (decision !== null) return decision;
  }
  if (tasks.length > 0 && tasks.every(({ status }) => status === "passed")) {
    return record({ event: { type: "stage.finished", payload: { stage: stage.name, status: "passed" } } });
  }
  const moves = legalMoves(state);
  const needTurns = stage.spec.role !== null && moves.some(({ kind }) => kind !== "give-up");
  const pause = needTurns ? pauseAtLimit(state, facts) : null;
  if (pause !== null) return pause;
  if (moves.length > 0) return { kind: "choose", moves };
  return finish("errored", {
    code: "run.stuck",
    message: `stage '${stage.name}' has nothing to do and is not done`,
    remedy: "report this: a pipeline must not come to a stop like this",
  });
}

function finish(status: "passed" | "errored", reason: Reason | null): Decision {
  const told = reason === null ? null : { code: reason.code, message: reason.message, remedy: reason.remedy };
  return record({ event: { type: "run.finished", payload: { status, reason: told } } });
}
