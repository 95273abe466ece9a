import type { EventEnvelope } from "../index.ts";
import { printLine } from "./print.ts";
import type { Progress } from "./progress.ts";

/** For `--json`: each event as one object a line on stdout, and nothing else there. */
export function jsonProgress(): Progress {
  return {
    event: ({ event, ...envelope }: EventEnvelope) =>
      printLine(JSON.stringify({ ...envelope, type: event.type, payload: event.payload })),
    activity: () => undefined,
    notice: (notice) => process.stderr.write(`portcullis: ${notice}\n`),
    stop: () => undefined,
  };
}
