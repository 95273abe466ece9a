import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom, wordCounts } from "./output-lines.ts";
import type { Runner } from "./runner.ts";

const tests = /^Tests: +(?:(.*), )?\d+ total$/;
const noTests = /^No tests found, exiting with code \d+$/;
const failed = /^ {2}● (?!Console$)(\S.*)$/;
const ends = /^(?: {2}● |Test Suites: |(?:PASS|FAIL|RUNS) )/;

export const jest: Runner = {
  name: "jest",
  summaries: (lines) =>
    lines.flatMap((line): TestCounts[] => {
      if (noTests.test(line)) return [testCounts({})];
      const found = tests.exec(line);
      if (found === null) return [];
      const words = wordCounts(found[1] ?? "", /,/);
      const skipped = (words["skipped"] ?? 0) + (words["pending"] ?? 0) + (words["todo"] ?? 0);
      return [testCounts({ passed: words["passed"] ?? 0, failed: words["failed"] ?? 0, skipped })];
    }),
  failures: (lines) =>
    lines.flatMap((line, index) => {
      const name = failed.exec(line)?.[1]?.trim();
      if (name === undefined) return [];
      const why = blockFrom(
        lines,
        index + 1,
        (next) => ends.test(next),
        (next) => !/^\s+at /.test(next),
      );
      return [{ name, lines: why }];
    }),
};
