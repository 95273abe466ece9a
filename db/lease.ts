import type { Database } from "better-sqlite3";
import type { Clock } from "../core/clock.ts";
import type { Fence, Lease } from "../core/ports/lease.ts";
import { prepareFindLease } from "./find-lease.ts";
import { assertCurrent, holderOf, takeLease, type StoredLease } from "./lease-rules.ts";
import { onStore } from "./store-error.ts";

/** Leases in SQLite: each change reads and writes in one transaction, so that of two takers one is refused. */
export function createLease(database: Database, clock: Clock): Lease {
  const find = prepareFindLease(database);
  const keep = database.prepare<[StoredLease]>(
    `INSERT INTO leases (name, holder, token, expires_at) VALUES (@name, @holder, @token, @expiresAt)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = excluded.token, expires_at = excluded.expires_at`,
  );
  const letGo = database.prepare<[Fence]>(
    "UPDATE leases SET holder = NULL WHERE name = @name AND token = @token",
  );

  const acquire = database.transaction((wanted: Parameters<typeof takeLease>[1]): Fence => {
    const lease = takeLease(find(wanted.name), wanted, clock.now());
    keep.run(lease);
    return { name: lease.name, token: lease.token };
  });
  const renew = database.transaction((fence: Fence, ttlMs: number): void => {
    const found = find(fence.name);
    assertCurrent(found, fence);
    keep.run({ ...found, expiresAt: clock.now() + ttlMs });
  });

  return {
    acquire: async (name, options) => onStore(database, () => acquire.immediate({ name, ...options })),
    find: async (name) => holderOf(onStore(database, () => find(name))),
    renew: async (fence, { ttlMs }) => onStore(database, () => renew.immediate(fence, ttlMs)),
    release: async ({ name, token }) => {
      onStore(database, () => letGo.run({ name, token }));
    },
  };
}
