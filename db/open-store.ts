import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { ulidIds } from "../core/ids.ts";
import type { ArtifactStore } from "../core/ports/artifact-store.ts";
import type { Cancellations } from "../core/ports/cancellations.ts";
import type { EventLog } from "../core/ports/event-log.ts";
import type { Lease } from "../core/ports/lease.ts";
import type { RunCatalog } from "../core/ports/run-catalog.ts";
import type { WireLog } from "../core/ports/wire-log.ts";
import { makeStateDirectory } from "../core/state-directory.ts";
import { prepareAppend } from "./append-events.ts";
import { createArtifactReading, createArtifactStore } from "./artifact-store.ts";
import { createBatchedWireLog, createWireReading } from "./batched-wire-log.ts";
import { createCancellations } from "./cancellations.ts";
import { createLease } from "./lease.ts";
import { databaseFile, openDatabase } from "./open-database.ts";
import { openForReading } from "./open-for-reading.ts";
import { prepareRead } from "./read-events.ts";
import { prepareWireRead } from "./read-wire-events.ts";
import { createRunCatalog } from "./run-catalog.ts";
import type { SealingTools } from "./seal-events.ts";
import { prepareWireWrite } from "./write-wire-events.ts";

/** What can be looked at without changing anything. */
export interface StoreForReading {
  events: Pick<EventLog, "read">;
  catalog: RunCatalog;
  wire: Pick<WireLog, "read">;
  artifacts: Pick<ArtifactStore, "get" | "list">;
  lease: Pick<Lease, "find">;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface Store {
  events: EventLog;
  catalog: RunCatalog;
  wire: WireLog;
  artifacts: ArtifactStore;
  lease: Lease;
  cancellations: Cancellations;
  /** Stores what waits, then closes. Idempotent. */
  close(): Promise<void>;
}

export interface StoreOptions
  extends Pick<SealingTools, "redactor">, Partial<Pick<SealingTools, "clock" | "ids">> {
  stateDirectory: string;
  /** How long an operation waits for another process that writes. Default: 5,000. */
  busyTimeoutMs?: number;
  /** Told once of wire events that could not be stored. */
  onWireError?: (error: unknown) => void;
}

const defaultBusyTimeoutMs = 5000;

/** Opens the store of a state directory, making both where needed. Errors: `state-directory.unwritable`, `store.*` (environment). */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { stateDirectory, busyTimeoutMs = defaultBusyTimeoutMs, redactor } = options;
  const { clock = systemClock, ids = ulidIds() } = options;
  makeStateDirectory(stateDirectory);
  const database = await openDatabase(join(stateDirectory, databaseFile), { busyTimeoutMs });
  const append = prepareAppend(database, { redactor, clock, ids });
  const wire = createBatchedWireLog({
    redactor,
    write: prepareWireWrite(database),
    read: prepareWireRead(database),
    onError: (error) => options.onWireError?.(error),
  });
  return {
    events: { append: async (request) => append(request), read: prepareRead(database) },
    catalog: createRunCatalog(database),
    wire,
    artifacts: createArtifactStore(database, stateDirectory, redactor),
    lease: createLease(database, clock),
    cancellations: createCancellations(database, clock),
    close: async () => {
      if (database.open) await wire.flush();
      database.close();
    },
  };
}

/** The store of a state directory, to look at. Where there is none it is empty, and nothing is made. Errors: `store.*`. */
export async function openStoreReadOnly(options: {
  stateDirectory: string;
  busyTimeoutMs?: number;
}): Promise<StoreForReading> {
  const { stateDirectory, busyTimeoutMs = defaultBusyTimeoutMs } = options;
  const database = await openForReading(stateDirectory, { busyTimeoutMs });
  return {
    lease: createLease(database, systemClock),
    events: { read: prepareRead(database) },
    catalog: createRunCatalog(database),
    wire: createWireReading(prepareWireRead(database)),
    artifacts: createArtifactReading(database, stateDirectory),
    close: async () => {
      database.close();
    },
  };
}
