import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { databaseFile } from "./core/state-directory.ts";

/** Bytes on disk of what lies in a state folder. */
export interface DiskUse {
  /** Events of all runs and what Codex emitted, with the write-ahead log. */
  database: number;
  /** Copies that upgrades of the schema kept. */
  copies: number;
  artifacts: number;
  /** Commits of runs, by repository. */
  clones: number;
  workTrees: number;
  environments: number;
  /** Temporary folders, the demo, everything else. */
  other: number;
  total: number;
}

/** Walks the whole folder; installed dependencies may be many files. */
export async function measureDiskUse(stateDirectory: string): Promise<DiskUse> {
  const use = { copies: 0, artifacts: 0, clones: 0, workTrees: 0, environments: 0, other: 0 };
  const database = await databaseBytes(stateDirectory);
  for (const name of await namesIn(stateDirectory)) {
    const path = join(stateDirectory, name);
    if (name.startsWith(`${databaseFile}.before-`)) use.copies += await bytesIn(path);
    else if (name.startsWith(databaseFile)) continue;
    else if (name === "artifacts" || name === "environments") use[name] += await bytesIn(path);
    else if (name === "repositories") {
      for (const id of await namesIn(path)) {
        const workTrees = await bytesIn(join(path, id, "work-trees"));
        use.workTrees += workTrees;
        use.clones += (await bytesIn(join(path, id))) - workTrees;
      }
    } else use.other += await bytesIn(path);
  }
  const total = database + Object.values(use).reduce((sum, bytes) => sum + bytes, 0);
  return { database, ...use, total };
}

/** The database with its write-ahead log. */
export async function databaseBytes(stateDirectory: string): Promise<number> {
  const files = ["", "-wal", "-shm"].map((end) => bytesIn(join(stateDirectory, `${databaseFile}${end}`)));
  return (await Promise.all(files)).reduce((sum, bytes) => sum + bytes, 0);
}

/** What erasing runs can make smaller. */
export async function erasableBytes(stateDirectory: string): Promise<number> {
  const names = await namesIn(stateDirectory);
  const wanted = names.filter(
    (name) => name.startsWith(databaseFile) || name === "artifacts" || name === "repositories",
  );
  const bytes = await Promise.all(wanted.map((name) => bytesIn(join(stateDirectory, name))));
  return bytes.reduce((sum, one) => sum + one, 0);
}

/** As the disk counts; 0 for what is not there, or goes meanwhile. Links are not followed. */
async function bytesIn(path: string): Promise<number> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return 0;
  let bytes = found.blocks * 512;
  if (!found.isDirectory()) return bytes;
  for (const name of await namesIn(path)) bytes += await bytesIn(join(path, name));
  return bytes;
}

function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
