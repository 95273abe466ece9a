import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import { copyBefore, removeOtherCopies } from "./copy-before.ts";
import { migrations } from "./migrations/all.ts";

/** How long another process that migrates is waited for: it copies the whole file first. */
const waitMs = 120_000;

/**
 * Brings the schema up to date, all missing migrations in one transaction or none. A store that holds something is copied
 * before, to `FILE.before-VERSION`; the copy is kept until the next upgrade, or until `rm` or `prune` erases something.
 * The migrator owns the transaction; of several processes that open a store at once, one migrates and the others find it
 * done. Errors: `store.newer`, `store.full`, … (environment).
 */
export function migrate(database: Database, scripts: readonly string[] = migrations): void {
  const version = scripts.length;
  const bringUpToDate = database.transaction((): string | null => {
    const found = Number(database.pragma("user_version", { simple: true }));
    if (found > version) throw newerStore(database.name, found, version);
    if (found === version) return null;
    // Nobody else can write now, and readers see what was before.
    const copy = found === 0 || database.memory ? null : copyBefore(database.name, version);
    for (const script of scripts.slice(found)) database.exec(script);
    database.pragma(`user_version = ${version}`);
    return copy;
  });
  const usual = Number(database.pragma("busy_timeout", { simple: true }));
  database.pragma(`busy_timeout = ${Math.max(usual, waitMs)}`);
  try {
    const copy = bringUpToDate.immediate();
    if (copy !== null) removeOtherCopies(database.name, copy);
  } finally {
    database.pragma(`busy_timeout = ${usual}`);
  }
}

function newerStore(file: string, found: number, known: number): PortcullisError {
  return new PortcullisError({
    code: "store.newer",
    kind: "environment",
    message: `expected a store of version ${known} or older, found version ${found} in ${file}`,
    remedy: "use the newer Portcullis that wrote it, or another folder with --state-dir",
  });
}
