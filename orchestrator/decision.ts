import type { Effect } from "../core/effect.ts";
import type { RunEvent } from "../core/events/run-events.ts";
import type { Move } from "../core/move.ts";

/** A fact that follows from the state alone, and where it belongs. */
export interface Fact {
  event: RunEvent;
  taskKey?: string;
  attemptId?: string;
}

/** What comes next. `wait`: an effect is under way. `choose`: the lead picks one of the moves. */
export type Decision =
  | { kind: "record"; facts: readonly Fact[] }
  | { kind: "perform"; effect: Effect }
  | { kind: "choose"; moves: readonly Move[] }
  | { kind: "wait" }
  | { kind: "end" };

export function record(...facts: Fact[]): Decision {
  return { kind: "record", facts };
}

export function perform(effect: Effect): Decision {
  return { kind: "perform", effect };
}
