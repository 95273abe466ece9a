import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import { migrations } from "./migrations/all.ts";

/**
 * Brings the schema up to date, all missing migrations in one transaction or none. The migrator owns the transaction;
 * of several processes that open a new store at once, one migrates and the others find it done.
 * Error: `store.newer` (environment).
 */
export function migrate(database: Database, scripts: readonly string[] = migrations): void {
  const bringUpToDate = database.transaction(() => {
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version > scripts.length) throw newerStore(database.name, version, scripts.length);
    for (const script of scripts.slice(version)) database.exec(script);
    database.pragma(`user_version = ${scripts.length}`);
  });
  bringUpToDate.immediate();
}

function newerStore(file: string, found: number, known: number): PortcullisError {
  return new PortcullisError({
    code: "store.newer",
    kind: "environment",
    message: `expected a store of version ${known} or older, found version ${found} in ${file}`,
    remedy: "use the newer Portcullis that wrote it, or another folder with --state-dir",
  });
}
