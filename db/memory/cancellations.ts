import { isoTime, type Clock } from "../../core/clock.ts";
import type { Cancellations } from "../../core/ports/cancellations.ts";

export function createMemoryCancellations(clock: Clock): Cancellations {
  const requests = new Map<string, { by: string; time: string }>();
  return {
    request: async (runId, by) => {
      if (!requests.has(runId)) requests.set(runId, { by, time: isoTime(clock.now()) });
    },
    find: async (runId) => requests.get(runId) ?? null,
  };
}
