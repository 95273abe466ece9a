import type { Failure } from "../core/events/run-events.ts";

/** The code of what befalls a worker whose orchestrator ends. */
export const workerLost = "worker.lost";

export function lostWorker(message: string): Failure {
  return { code: workerLost, message, remedy: "nothing: another attempt is made", retryable: true };
}
