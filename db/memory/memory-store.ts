import { systemClock } from "../../core/clock.ts";
import { ulidIds } from "../../core/ids.ts";
import type { Store } from "../open-store.ts";
import type { SealingTools } from "../seal-events.ts";
import { createMemoryArtifactStore } from "./artifact-store.ts";
import { createMemoryCancellations } from "./cancellations.ts";
import { createMemoryEventLog } from "./event-log.ts";
import { createMemoryLease } from "./lease.ts";
import { createMemoryRunCatalog } from "./run-catalog.ts";
import { createMemoryWireLog } from "./wire-log.ts";
import type { StoredLease } from "../lease-rules.ts";
import type { RunSummary } from "../../core/ports/run-catalog.ts";

/** A store for tests and trials that keeps everything in this process, and nothing after it. */
export function createMemoryStore(options: Pick<SealingTools, "redactor"> & Partial<SealingTools>): Store {
  const { redactor, clock = systemClock, ids = ulidIds() } = options;
  const runs = new Map<string, RunSummary>();
  const leases = new Map<string, StoredLease>();
  const wire = createMemoryWireLog(redactor);
  return {
    events: createMemoryEventLog({ redactor, clock, ids, runs, leases }),
    catalog: createMemoryRunCatalog(runs),
    wire,
    artifacts: createMemoryArtifactStore(redactor),
    lease: createMemoryLease(leases, clock),
    cancellations: createMemoryCancellations(clock),
    close: () => wire.flush(),
  };
}
