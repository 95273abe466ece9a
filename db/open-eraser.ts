import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { isoTime, systemClock, type Clock } from "../core/clock.ts";
import type { ErasedBy } from "../core/events/run-events.ts";
import { ulidIds } from "../core/ids.ts";
import type { RunCatalog } from "../core/ports/run-catalog.ts";
import { createRedactor } from "../core/redaction.ts";
import { prepareTombstones } from "./erase-run.ts";
import { databaseFile, inMemory, openDatabase } from "./open-database.ts";
import { needsPurge, purgeFile } from "./purge-file.ts";
import { createRunCatalog } from "./run-catalog.ts";
import { prepareSweep, type Swept } from "./sweep-erased.ts";
import { onStore } from "./store-error.ts";

export type { Swept } from "./sweep-erased.ts";

/** What takes content out of a store. Each step can be cut short by a crash, and is finished by the next. */
export interface Eraser {
  catalog: RunCatalog;
  /** Runs that have ended, were not erased and had their last event before the time, oldest first. */
  endedBefore(time: string): readonly string[];
  /** Runs that have not ended and had an event since the time. */
  activeSince(time: string): readonly string[];
  /** Of runs that were erased some time. */
  erased(): readonly string[];
  /** Tombstone, payloads, wire events, artifacts. Null where the run was erased before; what was left then is gone after, too. */
  eraseRun(runId: string, by: ErasedBy, goOn?: () => boolean): Promise<Swept | null>;
  /** The ended run with wire events that is the oldest but not younger than the time, without them; null where there is none. */
  eraseOldestWire(options: {
    endedBefore: string;
    by: ErasedBy;
    goOn: () => boolean;
  }): Promise<string | null>;
  /** Finishes what an erasure before left. */
  sweep(goOn?: () => boolean): Promise<Swept>;
  /** Bytes of the database that hold something. */
  usedBytes(): number;
  needsPurge(): boolean;
  /** Error: `store.busy`. */
  purge(): void;
  close(): void;
}

/** Where there is no store yet it is an empty one in memory. Errors: `store.*` (environment). */
export async function openEraser(options: {
  stateDirectory: string;
  busyTimeoutMs?: number;
  clock?: Clock;
}): Promise<Eraser> {
  const { stateDirectory, busyTimeoutMs = 5000, clock = systemClock } = options;
  const file = join(stateDirectory, databaseFile);
  const database = await openDatabase(existsSync(file) ? file : inMemory, { busyTimeoutMs });
  const tombstones = prepareTombstones(database, { redactor: createRedactor([]), clock, ids: ulidIds() });
  const sweepOne = prepareSweep(database, stateDirectory);
  const find = prepareFinding(database);
  return {
    catalog: createRunCatalog(database),
    ...find,
    eraseRun: async (runId, by, goOn = () => true) => {
      const isNew = tombstones.eraseRun(runId, by);
      const swept = await sweepOne(runId, { artifacts: true, goOn });
      return isNew ? swept : null;
    },
    eraseOldestWire: async ({ endedBefore, by, goOn }) => {
      const runId = find.oldestWithWire(endedBefore);
      if (runId === undefined) return null;
      tombstones.eraseWire(runId, by);
      await sweepOne(runId, { artifacts: false, goOn });
      return runId;
    },
    sweep: async (goOn = () => true) => {
      const total = { wireEvents: 0, artifacts: 0, artifactFiles: 0, artifactBytes: 0 };
      for (const { id, whole } of find.unswept()) {
        const swept = await sweepOne(id, { artifacts: whole, goOn });
        total.wireEvents += swept.wireEvents;
        total.artifacts += swept.artifacts;
        total.artifactFiles += swept.artifactFiles;
        total.artifactBytes += swept.artifactBytes;
      }
      return total;
    },
    usedBytes: () => usedBytes(database),
    needsPurge: () => needsPurge(database),
    purge: () => purgeFile(database, isoTime(clock.now())),
    close: () => database.close(),
  };
}

function prepareFinding(database: Database) {
  const list = (sql: string) => database.prepare<[string], string>(sql).pluck();
  const ended = list(
    "SELECT id FROM runs WHERE finished_at < ? AND erased_at IS NULL AND status IN ('passed', 'failed', 'errored', 'cancelled') ORDER BY finished_at",
  );
  const active = list(
    `SELECT id FROM runs WHERE finished_at IS NULL AND erased_at IS NULL
      AND (SELECT time FROM events WHERE run_id = runs.id ORDER BY sequence DESC LIMIT 1) >= ?`,
  );
  const erased = database.prepare<[], string>("SELECT id FROM runs WHERE erased_at IS NOT NULL").pluck();
  const withWire = list(
    `SELECT id FROM runs WHERE finished_at < ? AND erased_at IS NULL AND EXISTS (SELECT 1 FROM wire_events WHERE run_id = runs.id)
      ORDER BY finished_at LIMIT 1`,
  );
  // What was said to be erased and is still there: a crash came between.
  const unswept = database.prepare<[], { id: string; whole: number }>(
    `SELECT run_id AS id, max(type = 'run.erased') AS whole FROM events
    WHERE type IN ('run.erased', 'wire.erased') GROUP BY run_id
    HAVING EXISTS (SELECT 1 FROM wire_events WHERE wire_events.run_id = events.run_id)
      OR (whole = 1 AND EXISTS (SELECT 1 FROM artifacts WHERE artifacts.run_id = events.run_id))`,
  );
  return {
    endedBefore: (time: string) => onStore(database, () => ended.all(time)),
    activeSince: (time: string) => onStore(database, () => active.all(time)),
    erased: () => onStore(database, () => erased.all()),
    oldestWithWire: (time: string) => onStore(database, () => withWire.get(time)),
    unswept: () =>
      onStore(database, () => unswept.all().map(({ id, whole }) => ({ id, whole: whole === 1 }))),
  };
}

function usedBytes(database: Database): number {
  return onStore(database, () => {
    const [pages, free, size] = ["page_count", "freelist_count", "page_size"].map((name) =>
      Number(database.pragma(name, { simple: true })),
    );
    return ((pages ?? 0) - (free ?? 0)) * (size ?? 0);
  });
}
