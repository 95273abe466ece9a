import { writeSync } from "node:fs";
import { createRedactor } from "../../../core/redaction.ts";
import { openStore } from "../../../store.ts";
import { stageStarted } from "../../support/new-events.ts";

/** Appends to run `r1` until it is killed, and prints each sequence once it is acknowledged. */
const [stateDirectory = ""] = process.argv.slice(2);
const store = await openStore({ stateDirectory, redactor: createRedactor([]) });
for (let sequence = 0; ; sequence += 2) {
  const events = [stageStarted(`a${sequence}`), stageStarted("x".repeat(sequence % 5000))];
  await store.events.append({ runId: "r1", expectedSequence: sequence, events });
  writeSync(1, `${sequence + 2}\n`);
}
