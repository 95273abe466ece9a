import type { AttemptState, RunState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Ends what still lives and takes away what the run no longer needs, whatever way it ended. A work tree with work in it that
 * no candidate holds is kept; the folders of those whose attempts are over are returned.
 */
export async function tidyRun(world: Surroundings, state: RunState): Promise<readonly string[]> {
  for (const { worker, temporaryDirectory } of world.workers.values()) {
    await worker.end();
    await world.folders.removeTemporary(temporaryDirectory);
  }
  world.workers.clear();
  await Promise.all([world.wire.flush(), world.checkouts.close()]);
  const kept: string[] = [];
  for (const { stage, attempts } of state.tasks.values()) {
    for (const attempt of attempts) {
      if (attempt.checkoutId === null) continue;
      const writes = state.stages.some(({ name, spec }) => name === stage && spec.kind === "fan-out");
      // One that was never made whole holds no work.
      const checkout = await world.workspace.findCheckout(attempt.checkoutId);
      const wanted = writes && checkout !== null && holdsWork(attempt, attempts);
      if (!wanted) await world.workspace.removeCheckout(attempt.checkoutId);
      else if (attempt.status !== "running") kept.push(checkout.directory);
    }
  }
  return kept;
}

/** What was salvaged is kept until another attempt has gone on from it; what is under way, until the run goes on. */
function holdsWork(attempt: AttemptState, attempts: readonly AttemptState[]): boolean {
  if (attempt.candidate !== null || attempt.worker === "none") return false;
  if (attempt.salvaged !== null) return attempts.at(-1) === attempt;
  return ["interrupted", "errored", "running"].includes(attempt.status);
}
