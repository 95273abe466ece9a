import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { assertSqliteVersion } from "./sqlite-version.ts";
import { asStoreError } from "./store-error.ts";

/** The number of the last migration; here, so that opening a store that is up to date loads none of them. */
export const schemaVersion = 4;

export { databaseFile } from "../core/state-directory.ts";

export const inMemory = ":memory:";

/**
 * Opens, and where needed makes, the database: WAL, durable at each commit, what is deleted overwritten, foreign keys on, schema up to date, read by its owner alone. Waits at
 * most `busyTimeoutMs` for other writers. Errors: `store.*` (environment).
 */
export async function openDatabase(
  file: string,
  options: { busyTimeoutMs: number },
): Promise<Database.Database> {
  let database: Database.Database | undefined;
  try {
    if (file !== inMemory) closeToOthers(file);
    database = new Database(file, { timeout: options.busyTimeoutMs });
    assertSqliteVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("secure_delete = ON");
    if (database.pragma("user_version", { simple: true }) !== schemaVersion) {
      const { migrate } = await import("./migrate.ts");
      migrate(database);
    }
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, file);
  }
}

/**
 * SQLite gives the files beside the database its mode. One that is there is not opened: closing it again would drop the locks
 * of this process on it. What cannot be done here, SQLite tells in its own words.
 */
function closeToOthers(file: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) closeSync(openSync(file, "ax", 0o600));
    else if ((found.mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch {
    // A database that is somebody else's, or on a disk that is read-only, can still be looked at.
  }
}
