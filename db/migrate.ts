import type { Database } from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";
import { events } from "./migrations/0001-events.ts";

/** In order; the store's version is how many of them it has. */
const migrations: readonly string[] = [events];

/** Brings a store up to this program's schema, all steps or none. A newer store is refused: `store.too-new`. */
export function migrate(database: Database): void {
  const upgrade = database.transaction(() => {
    const version = versionOf(database);
    if (version > migrations.length) throw tooNew(version);
    for (const step of migrations.slice(version)) database.exec(step);
    if (version < migrations.length) database.pragma(`user_version = ${migrations.length}`);
  });
  if (versionOf(database) !== migrations.length) upgrade.immediate();
}

function versionOf(database: Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}

function tooNew(version: number): PortcullisError {
  return new PortcullisError({
    code: "store.too-new",
    kind: "environment",
    message: `the store has schema ${version}; this Portcullis knows up to ${migrations.length}`,
    remedy: "use the newer Portcullis that wrote it, or another --state-dir",
  });
}
