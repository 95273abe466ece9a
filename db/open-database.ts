import Database from "better-sqlite3";
import { assertSqliteVersion } from "./sqlite-version.ts";
import { asStoreError } from "./store-error.ts";

/** The number of the last migration; here, so that opening a store that is up to date loads none of them. */
export const schemaVersion = 2;

export const databaseFile = "portcullis.sqlite";

/**
 * Opens, and where needed makes, the database: WAL, durable at each commit, foreign keys on, schema up to date. Waits at
 * most `busyTimeoutMs` for other writers. Errors: `store.*` (environment).
 */
export async function openDatabase(
  file: string,
  options: { busyTimeoutMs: number },
): Promise<Database.Database> {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: options.busyTimeoutMs });
    assertSqliteVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
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
