import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom } from "./output-lines.ts";
import type { FailedTest, Runner } from "./runner.ts";

const passing = /^ {2}(\d{1,9}) passing(?: \([^)]*\))?$/;
const other = /^ {2}(\d{1,9}) (pending|failing)$/;
const numbered = /^ {2}\d+\) (\S.*)$/;

export const mocha: Runner = {
  name: "mocha",
  summaries: (lines) =>
    lines.flatMap((line, index): TestCounts[] => {
      const passed = passing.exec(line)?.[1];
      if (passed === undefined) return [];
      const counts: Record<string, number> = {};
      for (const next of lines.slice(index + 1, index + 3)) {
        const [, number, word = ""] = other.exec(next) ?? [];
        if (number !== undefined) counts[word] = Number(number);
      }
      const { pending = 0, failing = 0 } = counts;
      return [testCounts({ passed: Number(passed), failed: failing, skipped: pending })];
    }),
  failures(lines) {
    const start = lines.findLastIndex((line) => line.endsWith(" failing") && other.test(line));
    if (start === -1) return [];
    const found: FailedTest[] = [];
    for (let index = start + 1; index < lines.length; index += 1) {
      const title = numbered.exec(lines[index] ?? "")?.[1];
      if (title !== undefined) found.push(failureFrom(lines, index, title));
    }
    return found;
  },
};

/** The title goes on, deeper and deeper, until a line that ends with a colon. */
function failureFrom(lines: readonly string[], start: number, first: string): FailedTest {
  const title = [first];
  let index = start + 1;
  while (!(title.at(-1) ?? "").endsWith(":") && index < Math.min(lines.length, start + 20)) {
    title.push((lines[index] ?? "").trim());
    index += 1;
  }
  const why = blockFrom(
    lines,
    index,
    (line) => numbered.test(line),
    (line) => !/^\s+at /.test(line),
  );
  return { name: title.join(" > ").replace(/:$/, ""), lines: why };
}
