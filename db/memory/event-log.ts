import type { EventLog } from "../../core/ports/event-log.ts";
import type { RunSummary } from "../../core/ports/run-catalog.ts";
import { assertCurrent, type StoredLease } from "../lease-rules.ts";
import { projectRun } from "../project-run.ts";
import { sealEvents, type SealingTools } from "../seal-events.ts";
import { sealedEnvelope } from "../sealed-envelope.ts";
import type { StoredEvent } from "../stored-event.ts";
import { upcastEvent } from "../upcast-event.ts";

interface Kept extends SealingTools {
  runs: Map<string, RunSummary>;
  leases: ReadonlyMap<string, StoredLease>;
}

export function createMemoryEventLog({ runs, leases, ...tools }: Kept): EventLog {
  const logs = new Map<string, StoredEvent[]>();
  return {
    append: async (request) => {
      const place = sealEvents(request, tools);
      if (request.fence !== undefined) assertCurrent(leases.get(request.fence.name), request.fence);
      const log = logs.get(request.runId) ?? [];
      const sealed = place(log.at(-1) ?? null);
      logs.set(request.runId, [...log, ...sealed]);
      for (const stored of sealed) keepProjection(runs, stored);
      return sealed.map(sealedEnvelope);
    },
    read: async (runId, { after = 0, limit = Infinity } = {}) =>
      (logs.get(runId) ?? []).slice(after, after + limit).map(upcastEvent),
  };
}

function keepProjection(runs: Map<string, RunSummary>, stored: StoredEvent): void {
  const projection = projectRun(stored, sealedEnvelope(stored).event);
  if (projection?.kind === "started" && !runs.has(stored.runId)) runs.set(stored.runId, projection.run);
  const run = runs.get(stored.runId);
  if (projection?.kind === "stands" && run !== undefined) {
    runs.set(stored.runId, { ...run, status: projection.status, finishedAt: projection.finishedAt });
  }
  if (projection?.kind === "erased" && run !== undefined) {
    runs.set(stored.runId, { ...run, goal: "", repository: "", branch: "", erasedAt: projection.erasedAt });
  }
}
