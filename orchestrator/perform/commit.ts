import type { RunEvent } from "../../core/events/run-events.ts";
import type { CandidateCommit } from "../../core/ports/workspace.ts";
import type { EffectOf } from "../../core/effect.ts";
import { limits } from "../../core/limits.ts";
import { PortcullisError } from "../../core/errors.ts";
import type { Surroundings } from "../surroundings.ts";
import { commitAttempt } from "./commit-attempt.ts";
import { effectRef } from "./names.ts";
import type { Performer } from "./performer.ts";
import { targetOf } from "./run-facts.ts";

/** What the worker left becomes a commit, made by us, after its server is gone. */
export const commit: Performer<"commit"> = {
  async probe(effect, world) {
    const { log, workspace } = world;
    const made = await workspace.resolveRef(effectRef(log.state.id, effect.id));
    return made === null ? null : committed(effect, made, world);
  },
  async perform(effect, world) {
    const { attempt } = targetOf(world.log.state, effect);
    const trailers = { "Portcullis-Thread": attempt.turns.at(-1)?.threadId ?? "unknown" };
    const { made, checkout } = await commitAttempt(effect, world, { message: (title) => title, trailers });
    await world.workspace.removeCheckout(checkout.id);
    return committed(effect, made, world);
  },
};

async function committed(
  effect: EffectOf<"commit">,
  made: CandidateCommit,
  { log, workspace }: Surroundings,
): Promise<RunEvent> {
  const { base } = targetOf(log.state, effect).attempt;
  const changes = await workspace.changes(base, made.commit);
  if (changes.length > limits.changedPaths) {
    throw new PortcullisError({
      code: "commit.too-many-paths",
      kind: "undecided",
      message: `the work changes ${changes.length} paths; at most ${limits.changedPaths} are judged`,
      remedy: "cut the task into smaller ones",
    });
  }
  return { type: "commit.made", payload: { ...made, changes: [...changes] } };
}
