import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { ulidIds } from "../core/ids.ts";
import type { ArtifactStore } from "../core/ports/artifact-store.ts";
import type { EventLog } from "../core/ports/event-log.ts";
import type { RunCatalog } from "../core/ports/run-catalog.ts";
import type { WireLog } from "../core/ports/wire-log.ts";
import { appendEvents, type StoreTools } from "./append-events.ts";
import { createArtifactStore } from "./artifact-store.ts";
import { openDatabase } from "./open-database.ts";
import { readEvents } from "./read-events.ts";
import { createRunCatalog } from "./run-catalog.ts";
import { createWireLog } from "./wire-log.ts";

export interface Store {
  events: EventLog;
  catalog: RunCatalog;
  wire: WireLog;
  artifacts: ArtifactStore;
  close(): Promise<void>;
}

/** The store in a state folder, made where it is missing. Errors: `store.unusable`, `store.too-new`. */
export function openStore(
  stateDirectory: string,
  options: Pick<StoreTools, "redactor"> & Partial<StoreTools> & { onProblem?: (message: string) => void },
): Store {
  const database = openDatabase(stateDirectory);
  const { redactor, clock = systemClock, ids = ulidIds() } = options;
  const append = appendEvents(database, { redactor, clock, ids });
  const read = readEvents(database);
  const wire = createWireLog(database, redactor, options.onProblem);
  return {
    events: { append: (request) => Promise.resolve().then(() => append(request)), read },
    catalog: createRunCatalog(database),
    wire,
    artifacts: createArtifactStore(database, join(stateDirectory, "artifacts"), redactor),
    async close() {
      await wire.flush();
      database.close();
    },
  };
}
