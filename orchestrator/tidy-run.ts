import type { Checkout } from "../core/ports/workspace.ts";
import { checkoutId } from "./perform/names.ts";
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
  const kept = new Set<string>();
  const shown: string[] = [];
  for (const { stage, attempts } of state.tasks.values()) {
    const writes = state.stages.some(({ name, spec }) => name === stage && spec.kind === "fan-out");
    for (const attempt of attempts) {
      if (!writes || attempt.checkoutId === null || !mayHoldWork(attempt, attempts)) continue;
      const checkout = await world.workspace.findCheckout(attempt.checkoutId);
      // One that was never made whole holds no work.
      if (checkout === null || !(await holdsWork(checkout, world))) continue;
      kept.add(checkout.id);
      if (attempt.status !== "running") shown.push(checkout.directory);
    }
  }
  const own = await world.workspace.listCheckouts(checkoutId(state.id, ""));
  for (const id of own) if (!kept.has(id)) await world.workspace.removeCheckout(id);
  return shown;
}

/** What was salvaged is kept until another attempt has gone on from it; what is under way, until the run goes on. */
function mayHoldWork(attempt: AttemptState, attempts: readonly AttemptState[]): boolean {
  if (attempt.candidate !== null || attempt.worker === "none") return false;
  if (attempt.salvaged !== null) return attempts.at(-1) === attempt;
  return ["interrupted", "errored", "running"].includes(attempt.status);
}

/** What git cannot look into may hold something. */
function holdsWork(checkout: Checkout, { workspace, log }: Surroundings): Promise<boolean> {
  return workspace.hasUnsavedWork(checkout, log.state.environment?.roots ?? []).catch(() => true);
}
