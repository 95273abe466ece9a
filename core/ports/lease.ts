/** Proof of holding a lease. Tokens of one name only grow, so that a stale holder can be told from the current one. */
export interface Fence {
  name: string;
  token: number;
}

/** One holder for each name at a time. Held by another: `lease.held` (environment; names holder and expiry). */
export interface Lease {
  acquire(name: string, options: { holder: string; ttlMs: number }): Promise<Fence>;
  /** Refused with `lease.lost` where another has taken it over. */
  renew(fence: Fence, options: { ttlMs: number }): Promise<void>;
  /** Without effect where it is no longer held. */
  release(fence: Fence): Promise<void>;
}
