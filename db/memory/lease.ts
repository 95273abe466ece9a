import type { Clock } from "../../core/clock.ts";
import type { Lease } from "../../core/ports/lease.ts";
import { assertCurrent, holderOf, takeLease, type StoredLease } from "../lease-rules.ts";

export function createMemoryLease(leases: Map<string, StoredLease>, clock: Clock): Lease {
  return {
    acquire: async (name, options) => {
      const lease = takeLease(leases.get(name), { name, ...options }, clock.now());
      leases.set(name, lease);
      return { name, token: lease.token };
    },
    find: async (name) => holderOf(leases.get(name)),
    renew: async (fence, { ttlMs }) => {
      const found = leases.get(fence.name);
      assertCurrent(found, fence);
      leases.set(fence.name, { ...found, expiresAt: clock.now() + ttlMs });
    },
    release: async ({ name, token }) => {
      const found = leases.get(name);
      if (found?.token === token) leases.set(name, { ...found, holder: null });
    },
  };
}
