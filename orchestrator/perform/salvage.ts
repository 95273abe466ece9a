import { effectRef } from "./names.ts";
import type { Performer } from "./performer.ts";
import { targetOf } from "./run-facts.ts";

/** What an interrupted worker had done becomes a commit of the private clone; it is judged by nobody, and the next attempt starts from it. */
export const salvage: Performer<"salvage"> = {
  async probe(effect, { log, workspace }) {
    const made = await workspace.resolveRef(effectRef(log.state.id, effect.id));
    return made === null ? null : { type: "work.salvaged", payload: made };
  },
  async perform(effect, { log, workspace }) {
    const { task, attempt } = targetOf(log.state, effect);
    const checkout = await workspace.findCheckout(attempt.checkoutId ?? "");
    if (checkout === null) throw new Error(`the work tree of ${attempt.id} is gone`);
    const made = await workspace.commit({
      checkout,
      parent: effect.parent,
      message: `Unfinished: ${task.spec?.title ?? task.key}`,
      trailers: {
        "Portcullis-Run": log.state.id,
        "Portcullis-Task": task.key,
        "Portcullis-Attempt": String(attempt.number),
      },
      leaveOut: log.state.environment?.roots ?? [],
      ref: effectRef(log.state.id, effect.id),
    });
    return { type: "work.salvaged", payload: made };
  },
};
