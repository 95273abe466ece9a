import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { killWatcher, tellableSleep, type TellableSleep } from "../support/faults.ts";
import { until } from "../support/processes.ts";

type Started = ChildProcessByStdio<Writable, Readable, null>;

/** A process that has started a family of two sleepers, one in a session of its own, both deaf to SIGTERM. */
async function start(sleep: TellableSleep): Promise<Started> {
  const program = join(import.meta.dirname, "processes", "launch-and-end.ts");
  const line = `trap '' TERM; ${sleep.line} & setsid ${sleep.line} & sleep 0.1; echo; wait`;
  const child = spawn(process.execPath, [program, line], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
    for (const pid of sleep.pids()) process.kill(pid, "SIGKILL");
  });
  await once(child.stdout, "data");
  return child;
}

describe("given a process with a family", () => {
  it("when it is killed, then the family ends by itself", async () => {
    const sleep = tellableSleep();
    const child = await start(sleep);
    expect(sleep.pids()).toHaveLength(2);
    child.kill("SIGKILL");
    expect(await until(() => sleep.pids().length === 0, 5000)).toBe(true);
  });

  it.each([
    ["exit", 3],
    ["throw", 1],
  ])(
    "when it ends by '%s', then the family is killed before, whoever else watches",
    async (word, exitCode) => {
      const sleep = tellableSleep();
      const child = await start(sleep);
      killWatcher(child.pid ?? -1);
      child.stdin.write(word);
      expect(await once(child, "exit")).toEqual([exitCode, null]);
      expect(await until(() => sleep.pids().length === 0, 500)).toBe(true);
    },
  );

  it("when a signal ends it that it does not handle, then the family ends by itself", async () => {
    const sleep = tellableSleep();
    const child = await start(sleep);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
    expect(await until(() => sleep.pids().length === 0, 5000)).toBe(true);
  });
});
