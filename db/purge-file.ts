import { rmSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import { copiesOf } from "./copy-before.ts";
import { onStore } from "./store-error.ts";

/**
 * Makes what was erased leave the file's bytes: rebuilds the database, because pages that were split keep old content, empties the
 * write-ahead log into it and removes the copies that upgrades kept. Error: `store.busy` (environment), where another
 * process reads or writes for too long; what was erased stays so, and the next `prune` tries again.
 */
export function purgeFile(database: Database, erasedAt: string): void {
  for (const copy of copiesOf(database.name)) rmSync(copy, { force: true });
  onStore(database, () => {
    database.exec("VACUUM");
    emptyWriteAheadLog(database);
    database
      .prepare("UPDATE runs SET purged_at = ? WHERE erased_at IS NOT NULL AND purged_at IS NULL")
      .run(erasedAt);
  });
}

/** Whether something was erased and may still be in the file's bytes. */
export function needsPurge(database: Database): boolean {
  const unpurged = "SELECT 1 FROM runs WHERE erased_at IS NOT NULL AND purged_at IS NULL LIMIT 1";
  const free = Number(database.pragma("freelist_count", { simple: true }));
  return onStore(database, () => free > 0 || database.prepare(unpurged).get() !== undefined);
}

function emptyWriteAheadLog(database: Database): void {
  const [result] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  if (result?.busy === 0) return;
  throw new PortcullisError({
    code: "store.busy",
    kind: "environment",
    message: `expected ${database.name} to be read by nobody for a moment, found a reader that stays: the content is erased, but its bytes may still be in the file`,
    remedy: "run portcullis prune once nobody looks at runs any more",
    retryable: true,
  });
}
