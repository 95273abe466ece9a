import type { Performer } from "./performer.ts";
import { repeat } from "./performer.ts";
import { checkoutId } from "./names.ts";

/** A clean work tree with the dependencies in it. */
export const prepareWorkTree: Performer<"prepare-work-tree"> = {
  probe: repeat,
  async perform(effect, { log, workspace, environments }) {
    const id = checkoutId(log.state.id, effect.attemptId);
    const checkout = await workspace.checkOut(id, effect.commit);
    if (log.state.environment !== null) await environments.give(log.state.environment, checkout);
    return { type: "work-tree.prepared", payload: { checkoutId: id, commit: effect.commit } };
  },
};
