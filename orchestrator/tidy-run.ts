import type { RunState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Ends what still lives and takes away what the run no longer needs, whatever way it ended. A work tree with work in it that
 * no commit holds (an attempt that was interrupted or errored) is kept; their folders are returned.
 */
export async function tidyRun(world: Surroundings, state: RunState): Promise<readonly string[]> {
  for (const { worker, temporaryDirectory } of world.workers.values()) {
    await worker.end();
    await world.folders.removeTemporary(temporaryDirectory);
  }
  world.workers.clear();
  await Promise.all([world.wire.flush(), world.checkouts.close()]);
  const kept: string[] = [];
  for (const attempt of [...state.tasks.values()].flatMap(({ attempts }) => attempts)) {
    if (attempt.checkoutId === null) continue;
    const stage = state.stages.find(({ name }) => attempt.id.startsWith(`${name}/`));
    const unsaved = attempt.candidate === null && ["interrupted", "errored"].includes(attempt.status);
    // One that was never made whole holds no work.
    const checkout = await world.workspace.findCheckout(attempt.checkoutId);
    if (unsaved && stage?.spec.kind === "fan-out" && checkout !== null) kept.push(checkout.directory);
    else await world.workspace.removeCheckout(attempt.checkoutId);
  }
  return kept;
}
