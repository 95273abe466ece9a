import { createRedactor } from "../../../core/redaction.ts";
import { openStore } from "../../../store.ts";

/** Opens and closes the store, which brings it up to date. */
const [stateDirectory = ""] = process.argv.slice(2);
const store = await openStore({ stateDirectory, redactor: createRedactor([]) });
process.stdout.write(`${(await store.events.read("r1")).length}`);
await store.close();
