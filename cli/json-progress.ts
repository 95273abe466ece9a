import type { EventEnvelope } from "../index.ts";
import { printLine } from "./print.ts";
import type { Progress } from "./progress.ts";
import { atMostEvery30s, troubleLine } from "./trouble.ts";

/** For `--json`: each event as one object a line on stdout, and nothing else there. */
export function jsonProgress(): Progress {
  const notice = (said: string): void => void process.stderr.write(`portcullis: ${said}\n`);
  const tell = atMostEvery30s(notice);
  return {
    event: ({ event, ...envelope }: EventEnvelope) =>
      printLine(JSON.stringify({ ...envelope, type: event.type, payload: event.payload })),
    activity: (attempt, activity) => {
      const trouble = troubleLine(attempt, activity);
      if (trouble !== null) tell(trouble);
    },
    notice,
    hold: () => () => undefined,
    stop: () => undefined,
  };
}
