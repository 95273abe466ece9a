import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { migrate } from "./migrate.ts";

const oldestSqlite = [3, 51, 3];
const busyTimeoutMs = 5000;

export function databaseFile(stateDirectory: string): string {
  return join(stateDirectory, "portcullis.sqlite");
}

/** The store's file, made where it is missing. Domain events are durable when committed (`synchronous=FULL`). */
export function openDatabase(stateDirectory: string): Database {
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    const database = new Sqlite(databaseFile(stateDirectory));
    refuseOldSqlite(database);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma(`busy_timeout = ${busyTimeoutMs}`);
    migrate(database);
    return database;
  } catch (error) {
    throw error instanceof PortcullisError ? error : unusable(stateDirectory, error);
  }
}

/** For looking only: nothing is made or changed. Null where there is no store yet. */
export function openDatabaseToRead(stateDirectory: string): Database | null {
  if (!existsSync(databaseFile(stateDirectory))) return null;
  try {
    const database = new Sqlite(databaseFile(stateDirectory), { fileMustExist: true });
    database.pragma(`busy_timeout = ${busyTimeoutMs}`);
    database.pragma("query_only = ON");
    return database;
  } catch (error) {
    throw unusable(stateDirectory, error);
  }
}

function refuseOldSqlite(database: Database): void {
  const version = String(database.prepare("select sqlite_version()").pluck().get());
  const parts = version.split(".").map(Number);
  const differing = oldestSqlite.findIndex((part, index) => part !== parts[index]);
  if (differing === -1 || (parts[differing] ?? 0) > (oldestSqlite[differing] ?? 0)) return;
  throw new PortcullisError({
    code: "store.sqlite-too-old",
    kind: "environment",
    message: `expected SQLite ${oldestSqlite.join(".")} or newer, found ${version}`,
    remedy: "install Portcullis again with its pinned dependencies",
  });
}

function unusable(stateDirectory: string, cause: unknown): PortcullisError {
  return new PortcullisError({
    code: "store.unusable",
    kind: "environment",
    message: `the store in '${stateDirectory}' cannot be opened: ${messageOf(cause)}`,
    remedy: "make the folder writable, or name another with --state-dir",
    cause,
  });
}
