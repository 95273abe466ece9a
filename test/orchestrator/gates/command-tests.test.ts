import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasProgram } from "../../support/toolchain.ts";
import { gateBench, messagesOf, type BenchRequest } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const gate = { kind: "commands", which: "task" } as const;

async function judgeFiles(command: string, files: Record<string, string>, request: BenchRequest = {}) {
  const bench = await gateBench({ ...request, files, config: { commands: { test: command } } });
  return bench.judge(gate, { command: "test" });
}

const nodeTests = (bodies: string) => `import { test } from "node:test";
import assert from "node:assert";
${bodies}
`;

describe("a command whose runner is known", () => {
  it("given node:test, then the verdict has its counts, and the findings the tests that failed and why", async () => {
    const body =
      'test("adds", () => assert.equal(1 + 1, 3)); test("ok", () => {}); test.skip("later", () => {});';
    const judgement = await judgeFiles("node --test", { "a.test.mjs": nodeTests(body) });
    expect(judgement).toMatchObject({
      verdict: "failed",
      exitCode: 1,
      tests: { total: 3, passed: 1, failed: 1, skipped: 1 },
      network: "none",
      runs: [{ on: "candidate", verdict: "failed", exitCode: 1, evidence: judgement.evidence }],
    });
    expect(messagesOf(judgement)).toEqual([
      "'node --test' ended with exit code 1: 1 of 3 tests failed",
      "failed: a.test.mjs > adds",
    ]);
    const excerpt = judgement.findings[1]!.excerpt!;
    expect(excerpt).toMatch(/2 (?:!==|==) 3/);
    expect(excerpt.split("\n").length).toBeLessThan(13);
    expect(excerpt).not.toContain("work-trees");
  });

  it("given unittest, then the same", async () => {
    const file = `import unittest
class Sums(unittest.TestCase):
    def test_ok(self): self.assertEqual(1, 1)
    def test_bad(self): self.assertEqual(1 + 1, 3)
`;
    const judgement = await judgeFiles("python3 -m unittest", { "test_sums.py": file });
    expect(judgement).toMatchObject({
      verdict: "failed",
      tests: { total: 2, passed: 1, failed: 1, skipped: 0 },
    });
    expect(messagesOf(judgement)[1]).toContain("failed: test_bad (test_sums.Sums");
    expect(judgement.findings[1]!.excerpt).toContain("AssertionError: 2 != 3");
  });

  it("given vitest, then the same", async () => {
    const body = `import { expect, test } from "vitest";
test("adds", () => expect(1 + 1).toBe(3)); test("ok", () => {}); test.todo("later");
`;
    const program = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");
    expect(existsSync(program)).toBe(true);
    const judgement = await judgeFiles(`${process.execPath} ${program} run`, { "a.test.ts": body });
    expect(judgement).toMatchObject({
      verdict: "failed",
      tests: { total: 3, passed: 1, failed: 1, skipped: 1 },
    });
    expect(messagesOf(judgement)[1]).toBe("failed: a.test.ts > adds");
    expect(judgement.findings[1]!.excerpt).toContain("expected 2 to be 3");
  });

  it.runIf(hasProgram("cargo"))("given cargo, then the same", async () => {
    const judgement = await judgeFiles("cargo test --offline", {
      "Cargo.toml": '[package]\nname = "sums"\nversion = "0.1.0"\nedition = "2021"\n',
      "src/lib.rs":
        "#[test]\nfn ok() {}\n#[test]\nfn bad() { assert_eq!(1 + 1, 3); }\n#[test]\n#[ignore]\nfn later() {}\n",
    });
    expect(judgement).toMatchObject({
      verdict: "failed",
      tests: { total: 3, passed: 1, failed: 1, skipped: 1 },
    });
    expect(messagesOf(judgement)[1]).toBe("failed: bad");
    expect(judgement.findings[1]!.excerpt).toContain("right: 3");
  });

  it("given npm test, then the runner is found through the scripts of the base", async () => {
    const manifest = JSON.stringify({ scripts: { test: "node --test" } });
    const spoof = 'console.log(" Test Files  1 passed (1)\\n      Tests  90 passed (90)");';
    const judgement = await judgeFiles("npm test", {
      "package.json": manifest,
      "a.test.mjs": nodeTests(`${spoof} test("ok", () => {});`),
    });
    expect(judgement).toMatchObject({ verdict: "passed", tests: { total: 1, passed: 1 } });
  });

  it.each([
    ["no test is there", "node --test", { "src/a.js": "" }],
    [
      "no test is there",
      "python3 -c 'import unittest; unittest.main(argv=[\"x\"], exit=False)'",
      { "a.txt": "" },
    ],
    ["all are skipped", "node --test", { "a.test.mjs": nodeTests('test.skip("a", () => {});') }],
    ["words say that all passed", "node --test && echo '100 tests passed, 0 failed'", { "src/a.js": "" }],
  ])(
    "given that %s, then it ran none and has failed, although its exit code is 0",
    async (_what, command, files) => {
      const judgement = await judgeFiles(command, files);
      expect(judgement).toMatchObject({ verdict: "failed", exitCode: 0, tests: { passed: 0 } });
      expect(messagesOf(judgement)[0]).toContain("ran no test");
    },
  );

  it("given an exit code 0 although tests failed, then the counts take the pass away", async () => {
    const body = 'test("bad", () => assert.fail());';
    const judgement = await judgeFiles("node --test || true", { "a.test.mjs": nodeTests(body) });
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 0, tests: { failed: 1 } });
    expect(messagesOf(judgement)[0]).toContain("exit code 0, although it says that 1 of 1 tests failed");
  });

  it("given a command of no runner, then it has no counts and passes by its exit code", async () => {
    expect(await judgeFiles("echo fine", { a: "" })).toMatchObject({ verdict: "passed", tests: null });
  });
});

describe("a command that may be run again", () => {
  // What one run leaves nowhere but in the world outside decides the next: a clock's lowest digits would be no test.
  const reruns = { ...gate, reruns: 2 } as const;

  async function judgeWith(command: string) {
    const bench = await gateBench({ config: { commands: { test: command } } });
    return { ...bench, judgement: await bench.judge(reruns, { command: "test" }) };
  }

  it("given one that passes, then it runs once", async () => {
    const { judgement } = await judgeWith("true");
    expect(judgement).toMatchObject({ verdict: "passed", runs: [{ verdict: "passed" }] });
  });

  it("given one that fails each time, then it has failed, with the evidence of all runs, each on a clean checkout", async () => {
    const { judgement, store } = await judgeWith("test ! -e left && touch left && pwd && exit 3");
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 3 });
    expect(judgement.runs!.map(({ verdict, exitCode }) => [verdict, exitCode])).toEqual([
      ["failed", 3],
      ["failed", 3],
      ["failed", 3],
    ]);
    const places = await Promise.all(judgement.runs!.map(({ evidence }) => store.artifacts.get(evidence)));
    expect(new Set(places.map((place) => Buffer.from(place!).toString())).size).toBe(3);
  });

  it("given one that fails and then passes, then it is flaky, and no pass", async () => {
    const { judgement } = await judgeWith(
      'case "$PWD" in *rerun-1*) exit 0;; *) echo unlucky; exit 1;; esac',
    );
    expect(judgement).toMatchObject({
      verdict: "flaky",
      exitCode: 1,
      runs: [
        { verdict: "failed", exitCode: 1 },
        { verdict: "passed", exitCode: 0 },
      ],
    });
    expect(judgement.evidence).toBe(judgement.runs![0]!.evidence);
    expect(messagesOf(judgement)[0]).toContain("is flaky: of 2 runs on the same tree 1 failed");
    expect(judgement.findings[1]!.excerpt).toBe("unlucky");
  });

  it("given one whose tool is missing, then it is not run again", async () => {
    const { judgement } = await judgeWith("no-such-program");
    expect(judgement).toMatchObject({ verdict: "errored", runs: [{ exitCode: 127 }] });
  });
});

describe("tests that vanish", () => {
  const strict = { ...gate, noFewerTests: true } as const;
  const two = {
    "a.test.mjs": nodeTests('import "./a.mjs"; test("a", () => {}); test("b", () => {});'),
    "a.mjs": "",
  };

  async function bench() {
    return gateBench({ files: two, config: { commands: { test: "node --test" } } });
  }

  it("given a candidate with more tests, then it passes, and the base was measured once", async () => {
    const { judge, world, base } = await bench();
    const more = await commitOn(world, base, { "b.test.mjs": nodeTests('test("c", () => {});') });
    for (const _attempt of [1, 2]) {
      const judgement = await judge(strict, { command: "test", commit: more });
      expect(judgement).toMatchObject({ verdict: "passed", tests: { total: 3 } });
      expect(judgement.runs).toMatchObject([{ on: "candidate" }, { on: "base", verdict: "passed" }]);
    }
    expect(world.log.state.baseRuns).toMatchObject([{ command: "test", commit: base, tests: { total: 2 } }]);
    expect(await world.artifacts.get(world.log.state.baseRuns[0]!.run.evidence)).not.toBeNull();
  });

  it.each([
    ["are deleted", { "a.test.mjs": nodeTests('test("a", () => {});') }, "1"],
    [
      "are skipped",
      { "a.test.mjs": nodeTests('test("a", () => {}); test.skip("b", () => {});') },
      "1, 1 skipped",
    ],
    ["are cut off by the code under test", { "a.mjs": "process.exit(0);" }, "1"],
  ])("given tests that %s, then it has failed although all that ran passed", async (_how, files, found) => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, files);
    const judgement = await judge(strict, { command: "test", commit });
    expect(judgement).toMatchObject({ verdict: "failed", exitCode: 0 });
    expect(messagesOf(judgement)).toEqual([
      `expected at least the 2 tests that ran on the base, found ${found}`,
    ]);
  });

  it("given an output that no longer tells how many ran, then it has failed", async () => {
    const files = { "run.mjs": 'console.log("ℹ tests 2\\nℹ pass 2\\nℹ fail 0")' };
    const { judge, world, base } = await gateBench({ files, config: { commands: { test: "node run.mjs" } } });
    const commit = await commitOn(world, base, { "run.mjs": "" });
    expect(messagesOf(await judge(strict, { command: "test", commit }))[0]).toContain("found none");
  });

  it("given a candidate that fails, or that is the base, then the base is not run", async () => {
    const { judge, world, base } = await bench();
    const broken = await commitOn(world, base, { "a.mjs": "throw new Error();" });
    expect(await judge(strict, { command: "test", commit: broken })).toMatchObject({ verdict: "failed" });
    expect(await judge(strict, { command: "test" })).toMatchObject({ verdict: "passed" });
    expect(world.log.state.baseRuns).toEqual([]);
  });

  it("given a gate that does not ask for it, then fewer tests are no failure", async () => {
    const { judge, world, base } = await bench();
    const commit = await commitOn(world, base, { "a.test.mjs": nodeTests('test("a", () => {});') });
    expect(await judge(gate, { command: "test", commit })).toMatchObject({ verdict: "passed" });
  });
});

describe("a command that may use the network", () => {
  it("given one that is named so, then it has the machine's, and no other has", async () => {
    const look = "test $(wc -l < /proc/net/dev) -gt 3";
    const commands = { open: look, closed: `! ${look}` };
    const { judge } = await gateBench({ config: { commands, network: ["open"] } });
    for (const [command, network] of [
      ["open", "full"],
      ["closed", "none"],
    ] as const) {
      expect(await judge(gate, { command })).toMatchObject({ verdict: "passed", network });
    }
  });
});
