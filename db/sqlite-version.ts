import { PortcullisError } from "../core/errors.ts";

/** Older ones can lose what a WAL holds when two connections checkpoint and write at once (sqlite.org/wal.html, "the WAL-reset bug"). */
const oldestSqlite = "3.51.3";

/** Error: `store.old-sqlite` (environment). */
export function assertSqliteVersion(found: string): void {
  if (compareVersions(found, oldestSqlite) >= 0) return;
  throw new PortcullisError({
    code: "store.old-sqlite",
    kind: "environment",
    message: `expected SQLite ${oldestSqlite} or newer, found ${found}`,
    remedy: "install the dependencies anew with npm ci",
  });
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  const index = left.findIndex((part, place) => part !== (right[place] ?? 0));
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}
