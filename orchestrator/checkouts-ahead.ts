import type { Checkout, Workspace } from "../core/ports/workspace.ts";
import { checkoutId } from "./perform/names.ts";
import type { Environment, Environments, GateCheckouts } from "./surroundings.ts";

/** Where they are made, so many are kept: a quick command is often followed by another. The same for each process of a run. */
const places = ["ahead-1", "ahead-2"];

interface Ahead {
  checkout: Checkout;
  environment: Environment;
}

interface Parts {
  runId: string;
  workspace: Workspace;
  environments: Environments;
}

/** A run's checkouts that are made before they are asked for, one at a time. */
export interface CheckoutsAhead extends Pick<GateCheckouts, "expect" | "close"> {
  /** Hands over one with this environment; null where none is there or in the making. `use` ends when it is used up. */
  claim<T>(key: string, use: (checkout: Checkout) => Promise<T>): Promise<T | null>;
}

/** Where one cannot be made, none is until the next is expected: who asks for one then makes it, and is told what is wrong. */
export function createCheckoutsAhead({ runId, workspace, environments }: Parts): CheckoutsAhead {
  const ids = places.map((name) => checkoutId(runId, name));
  const free = [...ids];
  const ready: Ahead[] = [];
  const stopped = new AbortController();
  const { signal } = stopped;
  let wanted: Parameters<GateCheckouts["expect"]>[0] | null = null;
  let making: { key: string; done: Promise<void> } | null = null;

  const takeOut = (fits: (key: string) => boolean): Ahead | undefined => {
    const index = ready.findIndex(({ environment }) => fits(environment.key));
    return index === -1 ? undefined : ready.splice(index, 1)[0];
  };
  const make = async (id: string, commit: string, environment: Environment): Promise<void> => {
    try {
      const checkout = await workspace.makeAhead(id, commit, signal);
      await environments.give(environment, checkout, signal);
      ready.push({ checkout, environment });
    } catch {
      wanted = null;
      free.push(id);
    } finally {
      making = null;
      goOn();
    }
  };
  function goOn(): void {
    if (making !== null || wanted === null || signal.aborted) return;
    const { count, commit, environment } = wanted;
    const { key } = environment;
    if (ready.filter((one) => one.environment.key === key).length >= count) return;
    const id = free.pop() ?? takeOut((other) => other !== key)?.checkout.id;
    if (id !== undefined) making = { key, done: make(id, commit, environment) };
  }
  /** One in the making is sooner there than one that is begun now. */
  const find = async (key: string): Promise<Ahead | undefined> => {
    for (;;) {
      const found = takeOut((other) => other === key);
      if (found !== undefined || making?.key !== key) return found;
      await making.done;
    }
  };
  return {
    expect(request) {
      wanted = request;
      goOn();
    },
    async claim(key, use) {
      const found = await find(key);
      if (found === undefined) return null;
      if (wanted !== null) wanted = { ...wanted, count: wanted.count - 1 };
      try {
        return await use(found.checkout);
      } finally {
        free.push(found.checkout.id);
        goOn();
      }
    },
    async close() {
      stopped.abort();
      await making?.done;
      await Promise.all(ids.map((id) => workspace.removeCheckout(id)));
    },
  };
}
