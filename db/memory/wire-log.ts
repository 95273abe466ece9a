import type { WireLog } from "../../core/ports/wire-log.ts";
import type { Redactor } from "../../core/redaction.ts";
import { createBatchedWireLog, type QueuedWireEvent } from "../batched-wire-log.ts";

export function createMemoryWireLog(redactor: Redactor): WireLog {
  const runs = new Map<string, (QueuedWireEvent & { position: number })[]>();
  return createBatchedWireLog({
    redactor,
    write: (batch) => {
      for (const event of batch) {
        const kept = runs.get(event.runId) ?? [];
        kept.push({ ...event, position: kept.length + 1 });
        runs.set(event.runId, kept);
      }
    },
    read: (runId, { after, limit }) =>
      (runs.get(runId) ?? []).slice(after, limit < 0 ? undefined : after + limit),
    onError: () => undefined,
  });
}
