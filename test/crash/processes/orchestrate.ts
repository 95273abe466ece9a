import { writeSync } from "node:fs";
import { orchestratorId } from "../../../core/families.ts";
import { resumeRun, startRun, type EventEnvelope } from "../../../index.ts";
import type { Order, Word } from "../orchestrate.ts";

const order = JSON.parse(process.argv[2] ?? "") as Order;
/** At once, so that nothing that was said is lost with this process. */
const say = (word: Word): void => void writeSync(1, `${JSON.stringify(word)}\n`);

let points = 0;
const options = {
  ...order.run,
  onEvent: ({ runId, id, sequence, payloadDigest }: EventEnvelope) =>
    say({ said: "event", runId, id, sequence, payloadDigest }),
  onPoint: (point: string) => {
    say({ said: "point", point });
    points += 1;
    if (points === order.dieAtPoint) process.kill(process.pid, "SIGKILL");
  },
};

say({ said: "start", orchestratorId });
const { state } =
  order.resume === null
    ? await startRun({ ...options, goal: order.goal, repository: order.repository })
    : await resumeRun({ ...options, run: order.resume });
say({ said: "end", runId: state.id, status: state.status, reason: state.reason?.message ?? null });
