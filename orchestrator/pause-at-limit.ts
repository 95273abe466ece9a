import { decideRest } from "./decide-interruption.ts";
import type { Decision } from "./decision.ts";
import type { RunFacts, RunState } from "./state.ts";

/** Null where another turn may begin; else the next step of the run's way to a pause. Pure. */
export function pauseAtLimit(state: RunState, { pipeline }: RunFacts): Decision | null {
  const { turns } = pipeline.limits;
  if (state.turns < turns) return null;
  const reason = {
    code: "limit.turns",
    message: `the run used all of its ${turns} turns`,
    remedy: `raise limits.turns in the pipeline's file, then portcullis resume ${state.id} --accept-changes`,
  };
  return decideRest(state, { status: "paused", reason });
}
