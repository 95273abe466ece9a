import { describe, expect, it } from "vitest";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const failsBefore = { kind: "baseline", command: "test", expect: "fails-before" } as const;
const noWorse = { kind: "baseline", command: "test", expect: "no-worse" } as const;
const test = (name: string, body: string) =>
  `import { test } from "node:test"; import assert from "node:assert"; import { half } from "../half.mjs";\ntest("${name}", () => { ${body} });\n`;
const wrong = "export const half = (n) => n / 3;\n";
const right = "export const half = (n) => n / 2;\n";
const files = {
  "half.mjs": wrong,
  "test/old.test.mjs": test("of nothing", "assert.equal(half(0), 0);"),
};
const bench = (own: Record<string, string> = files, command = "node --test") =>
  gateBench({ files: own, config: { commands: { test: command } } });

describe("a command that must fail before", () => {
  const proof = { "test/new.test.mjs": test("of four", "assert.equal(half(4), 2);") };

  it("given new tests that fail on the base and pass now, then it passes, with both runs as evidence", async () => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, { ...proof, "half.mjs": right });
    const judgement = await judge(failsBefore, { command: "test", commit });
    expect(judgement).toMatchObject({
      name: "baseline:test",
      verdict: "passed",
      tests: { total: 2, passed: 2 },
      runs: [
        { on: "candidate", verdict: "passed", exitCode: 0 },
        { on: "base", verdict: "failed", exitCode: 1 },
      ],
    });
    expect(await world.artifacts.get(judgement.runs![1]!.evidence)).not.toBeNull();
  });

  it.each([
    ["no new test", { "half.mjs": right }],
    ["a new test that passes on the base too", { "test/new.test.mjs": test("x", ""), "half.mjs": right }],
  ])("given %s, then it has failed: nothing shows what was wrong", async (_what, changed) => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, changed);
    const judgement = await judge(failsBefore, { command: "test", commit });
    expect(judgement).toMatchObject({
      verdict: "failed",
      runs: [{ verdict: "passed" }, { verdict: "passed" }],
    });
    expect(messagesOf(judgement)[0]).toContain("to fail on the base with the new tests");
  });

  it("given a new file that is no test, then the base is run without it", async () => {
    const { judge, world, base } = await bench(files, "test ! -e extra.mjs || grep -q '/ 2' half.mjs");
    const commit = await commitOn(world, base, { "extra.mjs": "", "half.mjs": right });
    const judgement = await judge(failsBefore, { command: "test", commit });
    expect(judgement).toMatchObject({
      verdict: "failed",
      runs: [{ verdict: "passed" }, { verdict: "passed" }],
    });
  });

  it("given a gate of the same attempt that saw the commit pass, then that run is the evidence, and none is made again", async () => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, { ...proof, "half.mjs": right });
    const before = await judge({ kind: "commands", which: "task" }, { command: "test", commit });
    const [taskKey = ""] = world.log.state.tasks.keys();
    const place = { taskKey, attemptId: `${taskKey}#1` };
    await world.log.append([{ event: { type: "gate.judged", payload: { judgement: before } }, ...place }]);
    const judgement = await judge(failsBefore, { command: "test", commit });
    expect(judgement).toMatchObject({ verdict: "passed", evidence: before.evidence, tests: before.tests });
    expect(judgement.runs![0]).toEqual(before.runs![0]);
    expect(judgement.runs).toHaveLength(2);
  });

  it("given new tests that still fail, then it has failed, and the base is not run", async () => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, proof);
    const judgement = await judge(failsBefore, { command: "test", commit });
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 1, runs: [{ on: "candidate" }] });
    expect(messagesOf(judgement)[1]).toEqual(expect.stringMatching(/^failed: .*of four$/));
  });

  it("given a command that ends well on the base but runs no test there, then that is no failing before", async () => {
    const { judge, world, base } = await bench({ "half.mjs": wrong }, "node --test test-dir || true");
    const commit = await commitOn(world, base, { "half.mjs": right });
    expect(await judge(failsBefore, { command: "test", commit })).toMatchObject({ verdict: "failed" });
  });

  it("given a command whose tool the base lacks, then nothing was measured", async () => {
    const { judge, world, base } = await bench({ a: "" }, "test -e a.mjs || exit 127");
    const commit = await commitOn(world, base, { "a.mjs": "" });
    expect(await judge(failsBefore, { command: "test", commit })).toMatchObject({ verdict: "errored" });
  });
});

describe("a command that must be no worse", () => {
  const old = {
    "half.mjs": wrong,
    "test/a.test.mjs": test("of four", "assert.equal(half(4), 2);"),
    "test/b.test.mjs": test("of nothing", "assert.equal(half(0), 0);"),
  };

  async function judgeChange(changed: Record<string, string | null>, base = old, command = "node --test") {
    const place = await bench(base, command);
    const commit = await commitOn(place.world, place.base, changed);
    return { ...place, judgement: await place.judge(noWorse, { command: "test", commit }) };
  }

  it("given a failure of the base that is still there, then it passes: it is not blamed", async () => {
    const { judgement, world } = await judgeChange({ "other.mjs": "" });
    expect(judgement).toMatchObject({ verdict: "passed", exitCode: 1, findings: [], tests: { failed: 1 } });
    expect(judgement.runs).toMatchObject([{ on: "candidate" }, { on: "base", verdict: "failed" }]);
    expect(world.log.state.baseRuns).toMatchObject([{ failing: ["test/a.test.mjs > of four"] }]);
  });

  it("given one that passes now, then the base need not be run", async () => {
    const { judgement, world } = await judgeChange({ "half.mjs": right });
    expect(judgement).toMatchObject({ verdict: "passed", runs: [{ on: "candidate" }] });
    expect(world.log.state.baseRuns).toEqual([]);
  });

  it("given another test that fails instead, then it has failed, and only that one is named", async () => {
    const { judgement } = await judgeChange({ "half.mjs": "export const half = (n) => n === 4 ? 2 : 7;\n" });
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement)).toEqual([
      expect.stringContaining("1 of the tests that failed did not fail on the base"),
      "failed: test/b.test.mjs > of nothing",
    ]);
  });

  it("given more failures, or tests that no longer run, then it has failed", async () => {
    const more = await judgeChange({ "half.mjs": "export const half = () => 7;\n" });
    expect(messagesOf(more.judgement)[0]).toContain("2 tests failed, on the base 1");
    const fewer = await judgeChange({ "test/b.test.mjs": null });
    expect(messagesOf(fewer.judgement)[0]).toContain("1 tests ran, on the base 2");
  });

  it.each([
    ["that passes on the base", "grep -q good a", "does not fail"],
    ["of no runner that fails on the base too", "exit 2", "does not say which tests failed"],
  ])("given a command %s, then a failure is one", async (_what, command, says) => {
    const { judgement } = await judgeChange({ a: "bad" }, { a: "good" } as never, command);
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement)[0]).toContain(says);
  });

  it("given a runner that names no failed tests, then their number decides", async () => {
    const say = (failed: number) =>
      `printf 'ℹ tests 5\\nℹ pass ${5 - failed}\\nℹ fail ${failed}\\n'; exit 1\n`;
    const command = "bash say.sh";
    const same = await judgeChange({ a: "x" }, { "say.sh": say(2) } as never, command);
    expect(same.judgement.verdict).toBe("passed");
    const worse = await judgeChange({ "say.sh": say(3) }, { "say.sh": say(2) } as never, command);
    expect(worse.judgement.verdict).toBe("failed");
  });
});
