import type { RunEvent } from "../core/events/run-events.ts";
import type { RunSummary } from "../core/ports/run-catalog.ts";
import type { StoredEvent } from "./stored-event.ts";

/** What an event says about its run's line in the catalog; null where it says nothing. */
export type RunProjection =
  | { kind: "started"; run: RunSummary }
  | { kind: "stands"; id: string; status: RunSummary["status"]; finishedAt: string | null }
  | { kind: "erased"; id: string; erasedAt: string }
  | null;

export function projectRun(stored: StoredEvent, event: RunEvent): RunProjection {
  const { runId: id, time } = stored;
  if (event.type === "run.finished") {
    return { kind: "stands", id, status: event.payload.status, finishedAt: time };
  }
  if (event.type === "run.resumed") return { kind: "stands", id, status: "running", finishedAt: null };
  if (event.type === "run.erased") return { kind: "erased", id, erasedAt: time };
  if (event.type !== "run.started") return null;
  const { goal, pipeline, repository, branch } = event.payload;
  return {
    kind: "started",
    run: {
      id,
      goal,
      pipeline: pipeline.name,
      status: "running",
      repository: repository.path,
      branch: branch ?? "",
      startedAt: time,
      finishedAt: null,
      erasedAt: null,
    },
  };
}
