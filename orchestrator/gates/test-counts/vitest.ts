import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom, wordCounts } from "./output-lines.ts";
import type { Runner } from "./runner.ts";

const files = /^ *Test Files {2}/;
const tests = /^ *Tests {2}(?:no tests|(.*) \(\d+\))\s*$/;
const noFiles = /^No test files found, exiting with code \d+$/;
const failed = /^ ?FAIL {2}?(\S.*)$/;

export const vitest: Runner = {
  name: "vitest",
  summaries: (lines) =>
    lines.flatMap((line, index): TestCounts[] => {
      if (noFiles.test(line)) return [testCounts({})];
      const found = tests.exec(line);
      if (found === null || !files.test(lines[index - 1] ?? "")) return [];
      const words = wordCounts(found[1] ?? "", /\|/);
      const skipped = (words["skipped"] ?? 0) + (words["todo"] ?? 0) + (words["expected fail"] ?? 0);
      return [testCounts({ passed: words["passed"] ?? 0, failed: words["failed"] ?? 0, skipped })];
    }),
  failures: (lines) =>
    lines.flatMap((line, index) => {
      const name = failed.exec(line)?.[1]?.trim();
      if (name === undefined) return [];
      return [
        { name, lines: blockFrom(lines, index + 1, (next) => /^\s*⎯/.test(next) || failed.test(next)) },
      ];
    }),
};
