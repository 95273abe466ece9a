import { effectRef } from "./names.ts";
import type { Performer } from "./performer.ts";
import { targetOf } from "./run-facts.ts";

/** Brings a candidate that passed its gates onto the run's branch, in the private clone. */
export const merge: Performer<"merge"> = {
  async probe(effect, { log, workspace }) {
    const made = await workspace.resolveRef(effectRef(log.state.id, effect.id));
    return made === null ? null : { type: "merge.made", payload: made };
  },
  async perform(effect, { log, workspace }) {
    const { task } = targetOf(log.state, effect);
    const outcome = await workspace.merge({
      onto: effect.onto,
      commit: effect.commit,
      message: `Merge ${task.key}`,
      trailers: { "Portcullis-Run": log.state.id, "Portcullis-Task": task.key },
      ref: effectRef(log.state.id, effect.id),
    });
    if ("conflicts" in outcome)
      return { type: "merge.conflicted", payload: { paths: [...outcome.conflicts] } };
    return { type: "merge.made", payload: outcome.merged };
  },
};
