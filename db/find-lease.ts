import type { Database } from "better-sqlite3";
import type { StoredLease } from "./lease-rules.ts";

export function prepareFindLease(database: Database): (name: string) => StoredLease | undefined {
  const select = database.prepare<[string], StoredLease>(
    "SELECT name, holder, token, expires_at AS expiresAt FROM leases WHERE name = ?",
  );
  return (name) => select.get(name);
}
