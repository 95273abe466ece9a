import type { EventLog } from "../../core/ports/event-log.ts";
import type { RunEvent } from "../../core/events/run-events.ts";

export class Crash extends Error {}

/** A log at which the orchestrator dies: at the first append of an event that `at` picks, after it is durable or before. */
export function crashingLog(
  log: EventLog,
  when: "after" | "before",
  at: (event: RunEvent) => boolean,
): EventLog {
  let dead = false;
  return {
    read: (runId, range) => log.read(runId, range),
    async append(request) {
      if (dead) throw new Crash("a dead orchestrator appends nothing");
      dead = request.events.some(({ event }) => at(event));
      if (dead && when === "before") throw new Crash("died before it could append");
      const appended = await log.append(request);
      if (dead) throw new Crash("died after it appended");
      return appended;
    },
  };
}
