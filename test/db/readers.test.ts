import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../store.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { wireEvent } from "../contract/wire-log.contract.ts";
import { runStarted, stageStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

test("given a process that reads and does not stop, when another writes, then neither waits and the reader sees what it began with", async () => {
  const stateDirectory = scratchDirectory("readers");
  // A writer that had to wait would fail at once.
  const store = await openStore({ stateDirectory, redactor: canaryRedactor, busyTimeoutMs: 0 });
  await store.events.append({ runId: "r1", expectedSequence: 0, events: [runStarted()] });
  const reader = join(import.meta.dirname, "processes", "read-for-ever.ts");
  const child = spawn(process.execPath, [reader, join(stateDirectory, "portcullis.sqlite")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const said = async (): Promise<string> => String(((await once(child.stdout, "data")) as [Buffer])[0]);
  expect(await said()).toBe("1\n");
  for (let sequence = 1; sequence <= 50; sequence += 1) {
    const events = [stageStarted("x".repeat(2000))];
    await store.events.append({ runId: "r1", expectedSequence: sequence, events });
    for (let index = 0; index < 100; index += 1) store.wire.record(wireEvent("r1", "y".repeat(1000)));
    await store.wire.flush();
  }
  expect(store.wire.counts()).toEqual({ stored: 5000, dropped: 0 });
  child.stdin.write("again\n");
  expect(await said()).toBe("1\n");
  expect(await store.events.read("r1")).toHaveLength(51);
  await store.close();
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
});
