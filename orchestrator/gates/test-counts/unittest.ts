import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import type { FailedTest, Runner } from "./runner.ts";

const ran = /^Ran (\d{1,9}) tests? in [\d.]+s$/;
const status = /^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/;
const failed = /^(?:FAIL|ERROR): (\S.*)$/;
const rule = /^(?:={70}|-{70})$/;
const linesOfOneFailure = 8;

export const unittest: Runner = {
  name: "unittest",
  summaries: (lines) =>
    lines.flatMap((line, index): TestCounts[] => {
      const total = ran.exec(line)?.[1];
      const next = lines.slice(index + 1, index + 3).find((text) => text.trim() !== "") ?? "";
      const details = status.exec(next);
      if (total === undefined || details === null) return [];
      const of = detailsOf(details[1] ?? "");
      const failures = of("failures") + of("errors") + of("unexpected successes");
      const skipped = of("skipped") + of("expected failures");
      // A test with subtests may fail more than once.
      return [testCounts({ passed: Number(total) - failures - skipped, failed: failures, skipped })];
    }),
  failures: (lines) =>
    lines.flatMap((line, index): FailedTest[] => {
      const name = failed.exec(line)?.[1]?.trim();
      if (name === undefined || !rule.test(lines[index - 1] ?? "")) return [];
      return [{ name, lines: endOfTraceback(lines, index + 1) }];
    }),
};

function detailsOf(text: string): (name: string) => number {
  const pairs = text.split(", ").map((part) => part.split("=") as [string, string?]);
  const counts = new Map(pairs.map(([name, value]) => [name, Number(value)]));
  return (name) => {
    const value = counts.get(name) ?? 0;
    return Number.isInteger(value) ? value : 0;
  };
}

/** Between the rule below the name and the next rule; the end says what was wrong. */
function endOfTraceback(lines: readonly string[], from: number): string[] {
  let start = from;
  while (start < Math.min(lines.length, from + 5) && !rule.test(lines[start] ?? "")) start += 1;
  let end = start + 1;
  while (end < Math.min(lines.length, start + 400) && !rule.test(lines[end] ?? "")) end += 1;
  return lines
    .slice(start + 1, end)
    .filter((line) => line.trim() !== "")
    .slice(-linesOfOneFailure);
}
