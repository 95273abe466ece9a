import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { limits } from "../../../core/limits.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";

const gate = { kind: "commands", which: "task" } as const;

async function judgeCommand(command: string, commandTimeoutMs = 60_000) {
  const bench = await gateBench({ config: { commands: { test: command } }, limits: { commandTimeoutMs } });
  return { ...bench, judgement: await bench.judge(gate, { command: "test" }) };
}

function running(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
}

/** No other test's, so that what is found running is ours. */
const seconds = (base: number): string => `sleep ${base}${1000 + (process.pid % 1000)}`;

describe("a command that misbehaves", () => {
  it("given one that leaves a daemon behind, then its exit code decides, and nothing of it is left", async () => {
    const daemon = seconds(41);
    const { judgement } = await judgeCommand(
      `setsid nohup ${daemon} >/dev/null 2>&1 & (${daemon} &) ; exit 0`,
    );
    expect(judgement).toMatchObject({ verdict: "passed", exitCode: 0 });
    expect(running()).not.toContain(daemon);
  });

  it("given one that leaves a daemon that holds its output open, then the verdict does not wait for it", async () => {
    const daemon = seconds(42);
    const { judgement } = await judgeCommand(`setsid ${daemon} & exit 4`);
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 4 });
    expect(running()).not.toContain(daemon);
  });

  it("given one that ignores SIGTERM, then it has failed at its deadline, and is gone", async () => {
    const marker = seconds(43);
    const { judgement } = await judgeCommand(`trap '' TERM INT HUP; ${marker}; ${marker}`, 1000);
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: null });
    expect(messagesOf(judgement)[0]).toContain("was not done after 1000 ms");
    expect(running()).not.toContain(marker);
  });

  it("given one that prints 1 GB, then its exit code decides, and no more than the limit is kept", async () => {
    const line = "yes 'all tests passed' | head -c 1000000000; exit 5";
    const { judgement, store } = await judgeCommand(`set +o pipefail; ${line}`);
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 5, tests: null });
    const kept = await store.artifacts.get(judgement.evidence!);
    expect(kept!.length).toBeLessThan(limits.commandOutputBytes + 100);
  });

  it("given one that waits for input, then it finds the end of it", async () => {
    expect((await judgeCommand("read -r answer")).judgement).toMatchObject({
      verdict: "failed",
      exitCode: 1,
    });
    expect((await judgeCommand('test -z "$(cat)"')).judgement).toMatchObject({ verdict: "passed" });
  });

  it("given one whose tool is missing, also behind another, then it has errored and not failed", async () => {
    for (const command of ["no-such-runner --all", "env no-such-runner", "bash -c no-such-runner"]) {
      expect((await judgeCommand(command)).judgement).toMatchObject({ verdict: "errored", exitCode: 127 });
    }
  });

  it("given one that forks without end, then it does not pass, and nothing of it is left", async () => {
    const marker = seconds(44);
    const forks = `for i in $(seq 1 3000); do ${marker} & done; wait`;
    const { judgement } = await judgeCommand(forks, 10_000);
    expect(judgement.verdict).not.toBe("passed");
    expect(running()).not.toContain(marker);
  });
});
