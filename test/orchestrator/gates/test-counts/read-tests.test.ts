import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testCountsSchema } from "../../../../core/test-counts.ts";
import { readTests } from "../../../../orchestrator/gates/test-counts/read-tests.ts";
import type { RunnerName } from "../../../../orchestrator/gates/test-counts/runner.ts";
import { outputs } from "./outputs.ts";

const mixed = { total: 4, passed: 1, failed: 1, skipped: 2 };
const none = { total: 0, passed: 0, failed: 0, skipped: 0 };
const passed = (count: number) => ({ total: count, passed: count, failed: 0, skipped: 0 });

describe("what runners say of tests", () => {
  it.each<[RunnerName, string, string, string]>([
    ["vitest", outputs.vitest, "b.test.ts > s > bad", "expected 1 to be 2"],
    ["jest", outputs.jest, "s › bad", "Expected: 2"],
    ["node", outputs.node, "a.test.js > bad", "1 == 2"],
    ["node", outputs.tap, "test/a.test.js > bad", "error: '1 == 2'"],
    ["mocha", outputs.mocha, "s > bad", "AssertionError [ERR_ASSERTION]: 1 == 2"],
    ["pytest", outputs.pytest, "test_u.py::T::test_bad", "AssertionError: 1 != 2"],
    ["unittest", outputs.unittest, "test_bad (test_u.T.test_bad)", "AssertionError: 1 != 2"],
    ["go", outputs.goVerbose, "example.com/x TestBad", "a_test.go:9: and more"],
    ["go", outputs.goJson, "x TestBad", "a_test.go:8: expected 2, found 1"],
    ["cargo", outputs.cargo, "tests::bad", "left: 1"],
    ["junit", outputs.junit, "s > a < b", "expected 2, found 1"],
  ])("given an output of %s, then counts, the failed test and why are read", (runner, output, name, why) => {
    for (const named of [[runner], []]) {
      const { counts, failures } = readTests(output, named);
      expect(counts).toEqual(mixed);
      expect(failures.map((failure) => failure.name)).toEqual([name]);
      expect(failures[0]!.lines.join("\n")).toContain(why);
      expect(failures[0]!.lines.join("\n")).not.toMatch(/\bat .*:\d+:\d+\)/);
    }
  });

  it("given go test without -v, then it tells of packages with tests alone", () => {
    const { counts, failures } = readTests(outputs.goPlain, ["go"]);
    expect(counts).toEqual({ total: 2, passed: 1, failed: 1, skipped: 0 });
    expect(failures).toMatchObject([{ name: "example.com/x/c TestBad" }]);
  });

  it.each<[RunnerName, string]>([
    ["vitest", "No test files found, exiting with code 0\n"],
    ["vitest", " Test Files  no tests\n      Tests  no tests\n"],
    ["jest", "No tests found, exiting with code 0\n"],
    ["jest", "Tests:       0 total\n"],
    ["node", "ℹ tests 0\nℹ suites 0\nℹ pass 0\nℹ fail 0\n"],
    ["node", "\u001b[34mℹ tests 0\u001b[39m\r\n\u001b[34mℹ pass 0\u001b[39m\r\n"],
    ["node", "1..0\n# tests 0\n# pass 0\n"],
    ["mocha", "\n  0 passing (1ms)\n"],
    ["pytest", "============ no tests ran in 0.01s ============\n"],
    ["pytest", "2 deselected in 0.01s\n"],
    ["unittest", "\n-----\nRan 0 tests in 0.000s\n\nOK\n"],
    ["unittest", "Ran 0 tests in 0.000s\n\nNO TESTS RAN\n"],
    [
      "cargo",
      "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out\n",
    ],
    ["go", "?   \tx/a\t[no test files]\nok  \tx/b\t0.1s [no tests to run]\n"],
    ["junit", '<testsuites name="x"></testsuites>'],
  ])("given that %s ran none (%j), then the counts are zero and not unknown", (runner, output) => {
    expect(readTests(output, [runner]).counts).toEqual(none);
    expect(readTests(output, []).counts).toEqual(none);
  });

  it.each([
    "",
    "All tests passed!\n100 tests passed, 0 failed\n",
    "we ran 12 tests\n# tests 3 of them\nTests: all good\n",
    "Found 0 warnings and 0 errors.\nDone in 0.31s\n",
    "Ran 3 tests in 0.1s\nand no status\n",
    "1 file changed in 0.1s\n",
  ])("given words that are no runner's summary (%j), then they count for nothing", (output) => {
    expect(readTests(output, []).counts).toBeNull();
  });
});

describe("a test that prints what looks like a summary", () => {
  const spoof = "ℹ tests 90\nℹ pass 90\nℹ fail 0\n";
  const vitestSpoof = " Test Files  1 passed (1)\n      Tests  90 passed (90)\n";
  const genuine = "ℹ tests 2\nℹ pass 2\nℹ fail 0\n";

  it("given the named runner's, then the last one counts", () => {
    expect(readTests(spoof + genuine, ["node"]).counts).toEqual(passed(2));
  });

  it("given another runner's, then it counts for nothing, not even where the named one says nothing", () => {
    expect(readTests(genuine + vitestSpoof, ["node"]).counts).toEqual(passed(2));
    expect(readTests(vitestSpoof, ["node"]).counts).toBeNull();
  });

  it("given a command that names no runner, then the strictest of all counts", () => {
    expect(readTests(genuine + vitestSpoof, []).counts).toEqual(passed(2));
    expect(readTests(vitestSpoof + genuine, []).counts).toEqual(passed(2));
  });

  it("given a command that starts a runner twice, then both summaries count, and a third one adds nothing", () => {
    const other = "ℹ tests 3\nℹ pass 3\nℹ fail 0\n";
    expect(readTests(genuine + other, ["node", "node"]).counts).toEqual(passed(5));
    expect(readTests(spoof + genuine + other, ["node", "node"]).counts).toEqual(passed(5));
    expect(readTests(genuine + spoof + other, ["node", "node"]).counts).toEqual(passed(5));
  });

  it("given one within a binary of cargo's, then its own result counts, and binaries add up", () => {
    const result = (count: number) =>
      `test result: ok. ${count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n`;
    const output = `running 2 tests\n${result(90)}${result(2)}\nrunning 1 test\n${result(1)}${result(90).slice(1)}`;
    expect(readTests(output, ["cargo"]).counts).toEqual(passed(3));
  });

  it("given a runner that reports as JUnit does, then that counts only where it says nothing of its own", () => {
    const report = '<testsuites><testcase name="a"/><testcase name="b"/><testcase name="c"/></testsuites>';
    expect(readTests(report, ["node", "junit"]).counts).toEqual(passed(3));
    expect(readTests(`${genuine}${report}`, ["node", "junit"]).counts).toEqual(passed(2));
    expect(readTests(report, ["node"]).counts).toBeNull();
  });
});

describe("any output", () => {
  const pieces = Object.values(outputs).flatMap((text) => text.split("\n").map((line) => `${line}\n`));
  const numbers = fc
    .integer({ min: -5, max: Number.MAX_SAFE_INTEGER })
    .map((value) => `ℹ tests ${value}\nℹ pass ${value}\n`);
  const output = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string(), numbers), { maxLength: 60 });
  const names = fc.subarray<RunnerName>([
    "vitest",
    "jest",
    "node",
    "mocha",
    "pytest",
    "unittest",
    "go",
    "cargo",
    "junit",
  ]);

  it("given to the parsers, then none throws, and counts are whole, never negative and add up", () => {
    fc.assert(
      fc.property(output, names, (parts, named) => {
        const { counts, failures } = readTests(parts.join(""), named);
        expect(failures.length).toBeLessThanOrEqual(500);
        if (counts === null) return;
        expect(testCountsSchema.safeParse(counts).success).toBe(true);
        expect(counts.passed + counts.failed + counts.skipped).toBe(counts.total);
      }),
      { numRuns: 300 },
    );
  });
});
