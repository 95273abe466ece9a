import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "../../../core/limits.ts";
import { gateBench, messagesOf, type BenchRequest } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const gate = { kind: "commands", which: "task" } as const;

async function judgeCommand(command: string, request: BenchRequest = {}) {
  const config = { commands: { test: command }, ...request.config };
  const bench = await gateBench({ ...request, config });
  const judgement = await bench.judge(gate, { command: "test" });
  const evidence = judgement.evidence === null ? null : await bench.store.artifacts.get(judgement.evidence);
  return { ...bench, judgement, output: evidence === null ? null : Buffer.from(evidence).toString("utf8") };
}

describe("the verdict of a command", () => {
  it.each([
    ["exit 0", "passed", 0],
    ["exit 1", "failed", 1],
    ["exit 2", "failed", 2],
    ["exit 255", "failed", 255],
    ["true | true", "passed", 0],
    ["false | true", "failed", 1],
    ["kill -9 $$", "failed", 137],
    ["no-such-program", "errored", 127],
    ["./a.txt", "errored", 126],
    ["exit 127", "errored", 127],
  ])("given '%s', then it has %s", async (command, verdict, exitCode) => {
    const { judgement } = await judgeCommand(command, { files: { "a.txt": "a" } });
    expect(judgement).toMatchObject({ name: "command:test", command, verdict, exitCode });
    expect(judgement.findings).toHaveLength(verdict === "passed" ? 0 : 1);
  });

  it("given one that is not done in time, then it has failed, and nothing of it runs on", async () => {
    const marker = `sleep 32${1000 + (process.pid % 1000)}`;
    const command = `setsid ${marker} & ${marker}`;
    const { judgement } = await judgeCommand(command, { limits: { commandTimeoutMs: 1000 } });
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: null });
    expect(messagesOf(judgement)).toEqual([`'${command}' was not done after 1000 ms`]);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(`\n${marker}`);
  });

  it("given a run that is interrupted meanwhile, then it has errored and not passed", async () => {
    const controller = new AbortController();
    controller.abort();
    const { judgement } = await judgeCommand("true", { world: { signal: controller.signal } });
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)[0]).toContain("cancelled");
  });

  it("given a name that the configuration does not have, then the gate has errored", async () => {
    const { judge } = await gateBench();
    for (const command of ["deploy", "constructor"]) {
      expect(await judge(gate, { command })).toMatchObject({ verdict: "errored", command: null });
    }
  });
});

describe("the evidence of a command", () => {
  it("given output on both streams, then it is kept by its digest, and the end is in the finding", async () => {
    const lines = "for i in $(seq 1 100); do echo line $i; done; echo oops >&2; exit 3";
    const { judgement, output, store } = await judgeCommand(lines);
    expect(output).toMatch(/^line 1\n[^]*line 100\n/);
    expect(output).toContain("oops\n");
    expect(judgement.findings[0]!.excerpt).toContain("oops");
    expect(judgement.findings[0]!.excerpt).not.toContain("line 1\n");
    const kept = await store.artifacts.list("run");
    expect(kept).toMatchObject([{ digest: judgement.evidence, mediaType: "text/plain" }]);
  });

  it("given more output than is kept, then head and tail are there and the gap says what is not", async () => {
    const { judgement, output } = await judgeCommand(
      "echo first; head -c 3000000 /dev/zero; echo last; exit 1",
    );
    expect(output!.length).toBeLessThan(limits.commandOutputBytes + 100);
    expect(output).toMatch(/^first\n[^]*\n… \d+ bytes left out …\n[^]*last\n$/);
    expect(judgement.findings[0]!.excerpt!.length).toBeLessThanOrEqual(limits.findingCharacters);
  });

  it("given a verdict, then it is bound to the commit and tree that were judged", async () => {
    const { judge, world, base } = await gateBench({
      config: { commands: { test: "grep -q new src/a.txt" } },
    });
    const commit = await commitOn(world, base, { "src/a.txt": "new" });
    const tree = await world.workspace.treeOf(commit);
    expect(await judge(gate, { command: "test", commit })).toMatchObject({ verdict: "passed", commit, tree });
    expect(await judge(gate, { command: "test" })).toMatchObject({ verdict: "failed", commit: base });
  });
});

describe("where a command runs", () => {
  it("given a command that leaves and changes files, then the next one sees a clean checkout of the candidate", async () => {
    const look =
      'test -z "$(git status --porcelain --ignored)" && test "$(cat src/a.txt)" = a && ! test -e /tmp/left';
    const leave = "echo x > left && echo y > src/a.txt && touch new /tmp/left";
    const { judge } = await gateBench({
      files: { "src/a.txt": "a", ".gitignore": "left\n" },
      config: { commands: { look, leave } },
    });
    for (const command of ["leave", "look", "leave", "look"]) {
      expect(await judge(gate, { command })).toMatchObject({ verdict: "passed", findings: [] });
    }
  });

  it("given a command that has run, then its checkout and temporary folder are gone", async () => {
    const { stateDirectory } = await judgeCommand("echo x > x; echo y > /tmp/y; chmod 0 x; exit 1");
    const [id = ""] = readdirSync(join(stateDirectory, "repositories"));
    expect(readdirSync(join(stateDirectory, "repositories", id, "work-trees"))).toEqual([]);
    expect(readdirSync(join(stateDirectory, "temporary", "run"))).toEqual([]);
  });

  it("given what a setup installed, then it is there, and what a command does to it reaches no other", async () => {
    const setup = "mkdir -p deps/lib && echo installed > deps/lib/x && echo run >> deps/setups";
    const commands = {
      spoil: "grep -q installed deps/lib/x && echo spoiled > deps/lib/x && rm deps/setups",
      look: "grep -q installed deps/lib/x && test $(wc -l < deps/setups) = 1",
    };
    const { judge } = await gateBench({ config: { setup, commands } });
    for (const command of ["spoil", "look", "spoil", "look"]) {
      expect(await judge(gate, { command })).toMatchObject({ verdict: "passed", findings: [] });
    }
  });

  it("given a setup that fails, then the gate has errored, with the setup's last lines", async () => {
    const { judgement } = await judgeCommand("true", { config: { setup: "echo no registry; exit 7" } });
    expect(judgement).toMatchObject({ verdict: "errored", evidence: null });
    expect(messagesOf(judgement)[0]).toContain("(exit code 7): no registry");
  });

  it("given a command that tries to write or read beyond, then it cannot", async () => {
    const state = "../../../..";
    const planted = [
      `${state}/planted`,
      "../planted",
      `${state}/environments/planted`,
      `${state}/../planted`,
    ];
    const writes = planted.map((path) => `(echo x > ${path}) 2>/dev/null && exit 3`).join("\n");
    const reads = ["secret", "sandbox/codex-home", "repositories/*/work-trees/other"]
      .map((path) => `grep -r . ${state}/${path} 2>/dev/null && exit 4`)
      .join("\n");
    const command = `test -d ${state}/repositories || exit 5\n${writes}\n${reads}\nexit 0`;
    const { judge, world, base, stateDirectory } = await gateBench({
      config: { commands: { test: command } },
    });
    writeFileSync(join(stateDirectory, "secret"), "secret");
    await world.workspace.checkOut("other", base);
    expect(await judge(gate, { command: "test" })).toMatchObject({ verdict: "passed", exitCode: 0 });
    expect(readdirSync(stateDirectory)).not.toContain("planted");
  });

  it("given a program in the repository that is not executable, then that is no failure of the work", async () => {
    const { judge, world, base } = await gateBench({ config: { commands: { test: "./run" } } });
    const plain = await commitOn(world, base, { run: "#!/bin/sh\nexit 0\n" });
    expect(await judge(gate, { command: "test", commit: plain })).toMatchObject({ verdict: "errored" });
    const executable = await commitOn(world, base, { run: "#!/bin/sh\nexit 0\n" }, (directory) =>
      chmodSync(join(directory, "run"), 0o755),
    );
    expect(await judge(gate, { command: "test", commit: executable })).toMatchObject({ verdict: "passed" });
  });
});
