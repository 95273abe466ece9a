import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { databaseFile, inMemory, openDatabase } from "./open-database.ts";

/**
 * A connection that refuses to change anything. Where there is no store yet it is an empty one in memory, and nothing is
 * made on disk. A store that a crash left behind, or an older version wrote, is put in order first, as by any opening.
 */
export async function openForReading(
  stateDirectory: string,
  options: { busyTimeoutMs: number },
): Promise<Database> {
  const file = join(stateDirectory, databaseFile);
  const database = await openDatabase(existsSync(file) ? file : inMemory, options);
  database.pragma("query_only = ON");
  return database;
}
