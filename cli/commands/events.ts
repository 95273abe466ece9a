import { setTimeout as delay } from "node:timers/promises";
import { lookAtRun, type EventEnvelope, type Look } from "../../look.ts";
import type { CommandModule } from "../command.ts";
import { firstLine, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const pollMs = 200;

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--wire", "what Codex emitted instead")
    .option("--follow", "go on until the run ends")
    .option("--json", "one JSON object a line");
  run(async (options) => {
    const { wire, follow, json } = command.opts<{ wire?: boolean; follow?: boolean; json?: boolean }>();
    const look = await lookAtRun(stateDirectoryOf(options), command.args[0] ?? "");
    try {
      const printed = wire === true ? wirePrinter(look, json === true) : eventPrinter(look, json === true);
      while (!(await printed()) && follow === true) await delay(pollMs);
      return 0;
    } finally {
      await look.close();
    }
  });
};

/** Prints what is new; true when the run has ended. */
function eventPrinter(look: Look, json: boolean): () => Promise<boolean> {
  let after = 0;
  return async () => {
    let ended = false;
    for (const envelope of await look.eventsAfter(after)) {
      after = envelope.sequence;
      printLine(json ? JSON.stringify(flat(envelope)) : lineOf(envelope));
      ended ||= envelope.event.type === "run.finished";
    }
    return ended;
  };
}

function wirePrinter(look: Look, json: boolean): () => Promise<boolean> {
  let after = 0;
  return async () => {
    for (;;) {
      const events = await look.wireAfter(after);
      for (const event of events) {
        after = event.position;
        const payload = JSON.stringify(event.payload);
        printLine(
          json
            ? JSON.stringify(event)
            : `${event.time}  ${event.attemptId}  ${event.type}  ${firstLine(payload, 160)}`,
        );
      }
      if (events.length === 0) break;
    }
    return (await look.eventsAfter(0)).some(({ event }) => event.type === "run.finished");
  };
}

function flat({ event, ...envelope }: EventEnvelope): unknown {
  return { ...envelope, type: event.type, payload: event.payload };
}

function lineOf({ sequence, time, attemptId, effectId, event }: EventEnvelope): string {
  const about = event.type === "effect.intended" ? event.payload.effect.id : (effectId ?? attemptId ?? "");
  return `${String(sequence).padStart(4)}  ${time.slice(11, 23)}  ${event.type.padEnd(20)}  ${about}`;
}
