import { PortcullisError } from "../../../core/errors.ts";
import { createRedactor } from "../../../core/redaction.ts";
import { openStore } from "../../../store.ts";
import { stageStarted } from "../../support/new-events.ts";

/** Adds `count` events named `name` to run `r1` beside other writers: reads and tries again after each conflict. */
const [stateDirectory = "", name = "", count = "0"] = process.argv.slice(2);
const store = await openStore({ stateDirectory, redactor: createRedactor([]), busyTimeoutMs: 30_000 });
let sequence = 0;
let conflicts = 0;
for (let left = Number(count); left > 0;) {
  try {
    await store.events.append({ runId: "r1", expectedSequence: sequence, events: [stageStarted(name)] });
    left -= 1;
    sequence += 1;
  } catch (error) {
    if (!(error instanceof PortcullisError) || error.code !== "log.conflict") throw error;
    conflicts += 1;
    sequence += (await store.events.read("r1", { after: sequence })).length;
  }
}
await store.close();
process.stdout.write(JSON.stringify({ conflicts }));
