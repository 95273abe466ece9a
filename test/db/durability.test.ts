import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { verifyChain } from "../../core/events/verify-chain.ts";
import { openStoreReadOnly } from "../../db/open-store.ts";
import { scratchDirectory } from "../support/scratch.ts";

const run = promisify(execFile);
const processes = join(import.meta.dirname, "processes");

test.each([1, 7, 60])(
  "given a process that appends, when it is killed after %i acknowledgements, then each acknowledged event is there and no gap",
  async (acknowledgements) => {
    const stateDirectory = scratchDirectory("killed");
    const child = spawn(process.execPath, [join(processes, "append-for-ever.ts"), stateDirectory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (lines.length === acknowledgements) child.kill("SIGKILL");
    });
    expect((await closed)[1]).toBe("SIGKILL");

    const store = await openStoreReadOnly({ stateDirectory });
    const events = await store.events.read("r1");
    await store.close();
    expect(lines.length).toBeGreaterThanOrEqual(acknowledgements);
    expect(events.length).toBeGreaterThanOrEqual(Number(lines.at(-1)));
    expect(events.length % 2).toBe(0);
    expect(verifyChain(events)).toBeNull();
  },
);

test("given no store yet, when three processes open it and append to one run at once, then all events are there in one chain", async () => {
  const stateDirectory = scratchDirectory("together");
  const append = (name: string) =>
    run(process.execPath, [join(processes, "append-in-turn.ts"), stateDirectory, name, "40"]);
  const results = await Promise.all(["a", "b", "c"].map(append));
  expect(results.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
  const store = await openStoreReadOnly({ stateDirectory });
  const events = await store.events.read("r1");
  await store.close();
  const names = events.map(({ event }) => (event.type === "stage.started" ? event.payload.stage : ""));
  expect(names.toSorted().join("")).toBe("a".repeat(40) + "b".repeat(40) + "c".repeat(40));
  expect(verifyChain(events)).toBeNull();
});
