import type { Move } from "../core/move.ts";
import type { Lead, LeadView } from "../core/ports/lead.ts";

const order: readonly Move["kind"][] = ["dispatch", "retry", "reopen", "give-up"];

/** The lead without a model: what is ready first, then another try, giving up last. */
export const rulesLead: Lead = {
  name: "rules",
  choose: (view) => Promise.resolve(chooseByRules(view)),
};

export function chooseByRules(view: LeadView): { move: Move; why: string } {
  const move = order.flatMap((kind) => view.moves.filter((candidate) => candidate.kind === kind))[0];
  if (move === undefined) throw new RangeError("a lead is asked only where there are moves");
  return { move, why: reasons[move.kind] };
}

const reasons: Readonly<Record<Move["kind"], string>> = {
  dispatch: "the first task that is ready",
  retry: "attempts are left",
  reopen: "the verifier's objections can still be worked on",
  "give-up": "no attempt is left",
};
