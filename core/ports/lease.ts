/** Proof of holding a lease. Tokens of one name only grow, so that a stale holder can be told from the current one. */
export interface Fence {
  name: string;
  token: number;
}

/** One holder for each name at a time. Held by another: `lease.held` (environment; names holder and expiry). */
export interface Lease {
  /** `from`: a holder that is known to be gone; the lease is taken from it, and from nobody else, before it has run out. */
  acquire(name: string, options: { holder: string; ttlMs: number; from?: string }): Promise<Fence>;
  /** Who holds it, even where it has run out; null where nobody does. */
  find(name: string): Promise<{ holder: string; expiresAt: number } | null>;
  /** Refused with `lease.lost` where another has taken it over. */
  renew(fence: Fence, options: { ttlMs: number }): Promise<void>;
  /** Without effect where it is no longer held. */
  release(fence: Fence): Promise<void>;
}
