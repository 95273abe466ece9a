import { writeSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../core/clock.ts";
import { ulidIds } from "../../../core/ids.ts";
import { createRedactor } from "../../../core/redaction.ts";
import { prepareTombstones } from "../../../db/erase-run.ts";
import { databaseFile, openDatabase } from "../../../db/open-database.ts";

/** Erases run `r1`, but stops at its tenth event, within the transaction, and says so. */
const [stateDirectory = ""] = process.argv.slice(2);
const database = await openDatabase(join(stateDirectory, databaseFile), { busyTimeoutMs: 1000 });
database.function("hang", () => {
  writeSync(1, "at the tenth\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return 0;
});
database.exec(
  "CREATE TEMP TRIGGER stop AFTER UPDATE ON events WHEN new.sequence = 10 BEGIN SELECT hang(); END",
);
const tools = { redactor: createRedactor([]), clock: systemClock, ids: ulidIds() };
prepareTombstones(database, tools).eraseRun("r1", "rm");
