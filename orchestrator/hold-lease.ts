import { PortcullisError } from "../core/errors.ts";
import type { Fence, Lease } from "../core/ports/lease.ts";

/** A holder that neither renews nor can be seen to be gone is given up after this. */
const ttlMs = 30_000;
const renewEveryMs = 10_000;

export interface HeldLease {
  fence: Fence;
  /** Idempotent; without effect where it was lost. */
  release(): Promise<void>;
}

export interface Holding {
  holder: string;
  /** Whether the process of a holder runs; `unknown` where that cannot be told (another machine's). */
  lookForProcess(holder: string): "running" | "gone" | "unknown";
  /** Called once, where another has taken the lease over. */
  onLost(error: PortcullisError): void;
}

/**
 * Takes a lease, at once from a holder whose process is gone, and renews it until it is released. Error: `lease.held`,
 * where a holder runs, or may run and has not let its time run out.
 */
export async function holdLease(lease: Lease, name: string, holding: Holding): Promise<HeldLease> {
  const { holder, lookForProcess } = holding;
  const found = await lease.find(name);
  const gone = found !== null && lookForProcess(found.holder) === "gone";
  const fence = await lease.acquire(name, { holder, ttlMs, ...(gone ? { from: found.holder } : {}) });
  const renew = async (): Promise<void> => {
    try {
      await lease.renew(fence, { ttlMs });
    } catch (error) {
      // What is only busy is tried again; nobody takes a lease of a process that runs before it has run out.
      if (!(error instanceof PortcullisError) || error.code !== "lease.lost") return;
      clearInterval(timer);
      holding.onLost(error);
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs).unref();
  return {
    fence,
    async release() {
      clearInterval(timer);
      await lease.release(fence);
    },
  };
}
