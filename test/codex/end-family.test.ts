import { randomInt } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { endFamily } from "../../codex/end-family.ts";
import { launch, type Launched } from "../../codex/launch.ts";
import { startTimeOf } from "../../codex/processes.ts";
import { processesWith } from "../support/processes.ts";

/** A shell script whose sleepers can be told from all others; it has come as far as its `echo`. */
async function launchScript(
  script: (sleep: string) => string,
): Promise<{ child: Launched; left: () => number[] }> {
  const sleep = `sleep 3${randomInt(1e9)}`;
  const env = { PATH: process.env["PATH"] ?? "" };
  const child = await launch("/bin/bash", ["-c", script(sleep)], { env });
  const left = (): number[] => processesWith(sleep.replace(" ", "\0"));
  onTestFinished(() => {
    for (const pid of left()) process.kill(pid, "SIGKILL");
  });
  await once(child.stdout, "data");
  return { child, left };
}

/** Each is a family; what it says in the end is what `end` gives. */
const families: readonly [what: string, how: "ended" | "killed", script: (sleep: string) => string][] = [
  ["children", "ended", (sleep) => `${sleep} & ${sleep} & echo; wait`],
  ["a child that ignores SIGTERM", "killed", (sleep) => `trap '' TERM; ${sleep} & echo; ${sleep}`],
  ["a child in a group of its own", "ended", (sleep) => `set -m; ${sleep} & echo; ${sleep}`],
  ["a child in a session of its own", "ended", (sleep) => `setsid ${sleep} & ${sleep} & echo; wait`],
  [
    "a session of its own that ignores SIGTERM",
    "killed",
    (sleep) => `setsid bash -c "trap '' TERM; ${sleep} & ${sleep}" & sleep 0.1; echo; wait`,
  ],
  [
    "a daemon whose parents are gone",
    "ended",
    (sleep) => `(setsid bash -c '${sleep} & ${sleep}' &) ; sleep 0.1; echo; ${sleep}`,
  ],
  [
    "one that starts a session of its own as it dies",
    "ended",
    (sleep) => `trap 'setsid ${sleep} & exit' TERM; echo; while :; do sleep 0.01; done`,
  ],
  [
    "one that forks for ever",
    "killed",
    (sleep) => `trap '' TERM; echo; while :; do (${sleep} &); sleep 0.01; done`,
  ],
  ["a stopped child", "killed", (sleep) => `${sleep} & kill -STOP $!; echo; wait`],
];

describe("given a process with a family", () => {
  it.each(families)("when it has %s and is ended, then nothing is left", async (_what, how, script) => {
    const { child, left } = await launchScript(script);
    expect(await child.end()).toBe(how);
    expect(left()).toEqual([]);
    expect(await child.end()).toBe(how);
  });

  it("when its leader has died before, then its orphans are ended all the same", async () => {
    const { child, left } = await launchScript(
      (sleep) => `${sleep} & setsid ${sleep} & sleep 0.1; echo; exit 0`,
    );
    await child.exited;
    expect(left()).toHaveLength(2);
    await child.end();
    expect(left()).toEqual([]);
  });

  it("when it has ended by itself, then there is nothing to do", async () => {
    const { child } = await launchScript(() => "echo");
    await child.exited;
    expect(await child.end()).toBe("ended");
  });
});

it("given a stranger that got the pid of a dead leader, when that family is ended, then the stranger lives", async () => {
  const stranger = spawn("sleep", ["300"], { detached: true });
  onTestFinished(() => void stranger.kill("SIGKILL"));
  await once(stranger, "spawn");
  const pid = stranger.pid ?? 0;
  expect(startTimeOf(pid)).not.toBeNull();
  expect(await endFamily({ pid, startTime: "1", mark: "NOBODY=1" })).toBe("ended");
  expect(stranger.signalCode).toBeNull();
  expect(startTimeOf(pid)).not.toBeNull();
});
