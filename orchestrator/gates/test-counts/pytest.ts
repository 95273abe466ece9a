import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { wordCounts } from "./output-lines.ts";
import type { FailedTest, Runner } from "./runner.ts";

const timed = /^(?:=+ )?(.+) in \d+(?:\.\d+)?s(?: \([\d:]+\))?(?: =+)?$/;
const parts = /^(?:no tests ran|\d{1,9} [a-z ]+(?:, \d{1,9} [a-z ]+)*)$/;
const short = /^(?:FAILED|ERROR) (\S.*)$/;
const section = /^_{3,} (?:ERROR at \w+ of )?(.+?) _{3,}$/;
const matters = /^(?:>|E {2,}|\S+\.py:\d+: )/;
const linesOfOneFailure = 12;

export const pytest: Runner = {
  name: "pytest",
  summaries: (lines) =>
    lines.flatMap((line): TestCounts[] => {
      const said = timed.exec(line)?.[1];
      if (said === undefined || !parts.test(said)) return [];
      const words = wordCounts(said, /,/);
      const known = ["passed", "failed", "error", "errors", "skipped", "xfailed", "xpassed", "deselected"];
      if (said !== "no tests ran" && !known.some((word) => word in words)) return [];
      const of = (...names: string[]): number => names.reduce((sum, name) => sum + (words[name] ?? 0), 0);
      return [
        testCounts({
          passed: of("passed", "xpassed"),
          failed: of("failed", "error", "errors"),
          skipped: of("skipped", "xfailed"),
        }),
      ];
    }),
  failures(lines) {
    const why = linesBySection(lines);
    return lines.flatMap((line): FailedTest[] => {
      const name = short.exec(line)?.[1]?.split(" - ", 1)[0]?.trim();
      if (name === undefined || !/\.py\b|::/.test(name)) return [];
      const own = why.get(name.split("::").slice(1).join("."));
      return [{ name, lines: own ?? [line] }];
    });
  },
};

function linesBySection(lines: readonly string[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of lines) {
    const title = section.exec(line)?.[1];
    if (title !== undefined) sections.set(title, (current = []));
    else if (line.startsWith("=====")) current = null;
    else if (current !== null && current.length < linesOfOneFailure && matters.test(line)) current.push(line);
  }
  return sections;
}
