import { commitAttempt } from "./commit-attempt.ts";
import { effectRef } from "./names.ts";
import type { Performer } from "./performer.ts";

/** What an interrupted worker had done becomes a commit of the private clone; it is judged by nobody, and the next attempt starts from it. */
export const salvage: Performer<"salvage"> = {
  async probe(effect, { log, workspace }) {
    const made = await workspace.resolveRef(effectRef(log.state.id, effect.id));
    return made === null ? null : { type: "work.salvaged", payload: made };
  },
  async perform(effect, world) {
    const { made } = await commitAttempt(effect, world, { message: (title) => `Unfinished: ${title}` });
    return { type: "work.salvaged", payload: made };
  },
};
