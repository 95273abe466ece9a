import { describe, expect, it } from "vitest";
import { ranNoTest } from "../../../orchestrator/gates/ran-no-test.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";

describe("an output that says that no test ran", () => {
  it.each([
    ["node", "ℹ tests 0\nℹ suites 0\nℹ pass 0\n", "ℹ tests 3\nℹ suites 0\n"],
    ["node, as TAP", "1..0\n# tests 0\n# pass 0\n", "# tests 1\n"],
    ["node, in colour", "\u001b[34mℹ tests 0\u001b[39m\n", "\u001b[34mℹ tests 2\u001b[39m\n"],
    ["unittest", "\n-----\nRan 0 tests in 0.000s\n\nOK\n", "Ran 1 test in 0.000s\n"],
    [
      "unittest, of two starts",
      "Ran 0 tests in 0.0s\nRan 0 tests in 0.0s\n",
      "Ran 0 tests in 0.0s\nRan 2 tests in 0.0s\n",
    ],
    ["cargo", "running 0 tests\n\nrunning 0 tests\n", "running 2 tests\n\nrunning 0 tests\n"],
    ["make", "make: 'test' is up to date.\n", "cc a.c\n"],
    ["make, of a target without lines", "make: Nothing to be done for 'test'.\n", "make: done\n"],
    ["mocha", "\n  0 passing (1ms)\n", "\n  12 passing (1ms)\n"],
    ["vitest", "No test files found, exiting with code 0\n", "Tests  3 passed\n"],
    [
      "go",
      "?   \tx/a\t[no test files]\nok  \tx/b\t0.1s [no tests to run]\n",
      "?   \tx/a\t[no test files]\nok  \tx/b\t0.1s\n",
    ],
  ])("given that of %s, then it is told from one of a run with tests", (_what, without, withTests) => {
    expect(ranNoTest(without)).toBe(true);
    expect(ranNoTest(withTests)).toBe(false);
  });

  it("given an output of no test runner, then it says nothing", () => {
    for (const output of [
      "",
      "Found 0 warnings and 0 errors.\n",
      "we ran 0 tests\n",
      "# tests 0 of them\n",
    ]) {
      expect(ranNoTest(output)).toBe(false);
    }
  });
});

describe("a command of tests that ran none", () => {
  it.each([
    ["node --test", { "src/a.js": "" }],
    ["python3 -c 'import unittest; unittest.main(argv=[\"x\"], exit=False)'", { "a.txt": "" }],
  ])(
    "given '%s' without a test, then it has not passed, although its exit code is 0",
    async (command, files) => {
      const { judge } = await gateBench({ files, config: { commands: { test: command } } });
      const judgement = await judge({ kind: "commands", which: "task" }, { command: "test" });
      expect(judgement).toMatchObject({ verdict: "failed", exitCode: 0, evidence: expect.any(String) });
      expect(messagesOf(judgement)[0]).toContain("ran no test");
    },
  );
});
