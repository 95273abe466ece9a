import type { Checkout, Workspace } from "../core/ports/workspace.ts";
import { createCheckoutsAhead } from "./checkouts-ahead.ts";
import type { Environments, GateCheckouts } from "./surroundings.ts";

/** The checkouts of one run's gates. */
export function createGateCheckouts(parts: {
  runId: string;
  workspace: Workspace;
  environments: Environments;
}): GateCheckouts {
  const { workspace, environments } = parts;
  const ahead = createCheckoutsAhead(parts);
  const removals = new Set<Promise<void>>();
  const discard = async ({ id }: Checkout): Promise<void> => {
    const { removed } = await workspace.discardCheckout(id);
    // What is not gone now goes with what is removed next.
    const removal = removed.catch(() => undefined).finally(() => removals.delete(removal));
    removals.add(removal);
  };
  return {
    expect: ahead.expect,
    async take(id, commit, environment) {
      const wanted = { id, commit, beside: environment.roots };
      const taken = await ahead.claim(environment.key, (checkout) => workspace.takeAhead(checkout, wanted));
      if (taken !== null) return taken;
      const checkout = await workspace.checkOut(id, commit);
      try {
        await environments.give(environment, checkout);
        return checkout;
      } catch (error) {
        await discard(checkout);
        throw error;
      }
    },
    discard,
    async close() {
      await ahead.close();
      await Promise.all(removals);
    },
  };
}
