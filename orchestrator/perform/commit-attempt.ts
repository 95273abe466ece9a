import type { EffectOf } from "../../core/effect.ts";
import type { CandidateCommit, Checkout, Trailers } from "../../core/ports/workspace.ts";
import type { Surroundings } from "../surroundings.ts";
import { effectRef } from "./names.ts";
import { targetOf } from "./run-facts.ts";

/** What lies in an attempt's work tree becomes a commit, kept under the effect's ref. */
export async function commitAttempt(
  effect: EffectOf<"commit" | "salvage">,
  { log, workspace }: Surroundings,
  about: { message: (title: string) => string; trailers?: Trailers },
): Promise<{ made: CandidateCommit; checkout: Checkout }> {
  const { task, attempt } = targetOf(log.state, effect);
  const checkout = await workspace.findCheckout(attempt.checkoutId ?? "");
  if (checkout === null) throw new Error(`the work tree of ${attempt.id} is gone`);
  const made = await workspace.commit({
    checkout,
    parent: effect.parent,
    message: about.message(task.spec?.title ?? task.key),
    trailers: {
      "Portcullis-Run": log.state.id,
      "Portcullis-Task": task.key,
      "Portcullis-Attempt": String(attempt.number),
      ...about.trailers,
    },
    leaveOut: log.state.environment?.roots ?? [],
    ref: effectRef(log.state.id, effect.id),
  });
  return { made, checkout };
}
