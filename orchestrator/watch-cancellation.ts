import type { Cancellations } from "../core/ports/cancellations.ts";
import type { Rest } from "./decide-interruption.ts";

const lookEveryMs = 250;

/** What a cancelled run comes to. */
export function cancelled(by: string): Rest {
  return {
    status: "cancelled",
    reason: {
      code: "run.cancelled",
      message: `the run was cancelled by ${by}`,
      remedy: "nothing was changed in your repository; start a new run when you want one",
    },
  };
}

/** Looks for a request to end the run until `stop`, and hands over what the run is to come to, once. */
export function watchCancellation(
  cancellations: Cancellations,
  runId: string,
  onRequest: (rest: Rest) => void,
): { stop(): void } {
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const found = await cancellations.find(runId);
      if (found === null) return;
      clearInterval(timer);
      onRequest(cancelled(found.by));
    } catch {
      // A store that is busy is asked again.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return { stop: () => clearInterval(timer) };
}
