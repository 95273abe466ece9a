import { lookForProcess, newHolder } from "./codex/process-identity.ts";
import type { Fence } from "./core/ports/lease.ts";
import type { Store } from "./db/open-store.ts";
import { holdLease, type HeldLease } from "./orchestrator/hold-lease.ts";
import { watchCancellation } from "./orchestrator/watch-cancellation.ts";

/** The lease that a run is driven under. */
export function runLease(runId: string): string {
  return `run:${runId}`;
}

interface RunToHold {
  runId: string;
  repository: { id: string };
  facts: { branch: string | null };
}

/**
 * Drives a run as the only one that does, and the only one that works for its branch: under leases that are renewed meanwhile. The signal that
 * `drive` gets ends it where somebody cancels the run or has taken a lease over. Error: `lease.held`.
 */
export async function holdRun<T>(
  store: Pick<Store, "lease" | "cancellations">,
  { runId, repository, facts }: RunToHold,
  { signal }: { signal: AbortSignal | undefined },
  drive: (held: { fence: Fence; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const holding = { holder: newHolder(), lookForProcess, onLost: (error: unknown) => stop.abort(error) };
  const held: HeldLease[] = [];
  const watch = watchCancellation(store.cancellations, runId, (rest) => stop.abort(rest));
  try {
    const own = await holdLease(store.lease, runLease(runId), holding);
    held.push(own);
    if (facts.branch !== null) {
      held.push(await holdLease(store.lease, `branch:${repository.id}:${facts.branch}`, holding));
    }
    const signals = signal === undefined ? [stop.signal] : [signal, stop.signal];
    return await drive({ fence: own.fence, signal: AbortSignal.any(signals) });
  } finally {
    watch.stop();
    // What went wrong before says more than a lease that cannot be given back, and that runs out.
    for (const lease of held) await lease.release().catch(() => undefined);
  }
}
