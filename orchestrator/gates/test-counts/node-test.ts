import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom } from "./output-lines.ts";
import type { FailedTest, Runner } from "./runner.ts";

/** The spec reporter writes `ℹ tests 3`, the TAP reporter `# tests 3`; runners like tape write TAP too. */
const member = /^[ℹ#] (tests|suites|pass|fail|cancelled|skipped|todo)\s+(\d{1,9})$/;
const place = /^test at (.+?):\d+:\d+$/;
const heading = /^✖ (.+?)(?: \([\d.]+ms\))?$/;
const notOk = /^( *)not ok \d+ - (.*)$/;
const location = /^\s*location: '(.+):\d+:\d+'$/;
const directive = / # (?:TODO|SKIP)\b/i;

export const nodeTest: Runner = {
  name: "node",
  summaries(lines) {
    const found: TestCounts[] = [];
    let open: Record<string, number> | null = null;
    const close = (): void => {
      if (open?.["pass"] !== undefined) found.push(countsOf(open));
      open = null;
    };
    for (const line of lines) {
      const [, name = "", value] = member.exec(line) ?? [];
      if (name === "tests") close();
      if (name === "tests") open = {};
      if (value === undefined) close();
      else if (open !== null) open[name] = Number(value);
    }
    close();
    return found;
  },
  failures: (lines) => [...specFailures(lines), ...tapFailures(lines)],
};

function countsOf(words: Readonly<Record<string, number>>): TestCounts {
  const of = (name: string): number => words[name] ?? 0;
  return testCounts({
    passed: of("pass"),
    failed: of("fail") + of("cancelled"),
    skipped: of("skipped") + of("todo"),
  });
}

function specFailures(lines: readonly string[]): FailedTest[] {
  const start = lines.lastIndexOf("✖ failing tests:");
  if (start === -1) return [];
  const found: FailedTest[] = [];
  for (let index = start + 1; index < lines.length; index += 1) {
    const file = place.exec(lines[index] ?? "")?.[1];
    const name = heading.exec(lines[index + 1] ?? "")?.[1];
    if (file === undefined || name === undefined) continue;
    const ends = (line: string): boolean => place.test(line) || /^\s+at .*[:(]/.test(line);
    found.push({ name: `${file} > ${name}`, lines: blockFrom(lines, index + 2, ends) });
  }
  return found;
}

function tapFailures(lines: readonly string[]): FailedTest[] {
  return lines.flatMap((line, index): FailedTest[] => {
    const [, indent = "", name = ""] = notOk.exec(line) ?? [];
    if (name === "" || directive.test(name)) return [];
    const why = blockFrom(
      lines,
      index + 1,
      (next) => /^\s*(?:\.\.\.$|stack:)/.test(next) || !next.startsWith(`${indent}  `),
      (next) => !/^\s*(?:---$|duration_ms:|type:)/.test(next),
    );
    // A parent fails with its children; they say why.
    if (why.some((text) => text.includes("failureType: 'subtestsFailed'"))) return [];
    const file = why.map((text) => location.exec(text)?.[1]).find((path) => path !== undefined);
    return [{ name: file === undefined ? name : `${file} > ${name}`, lines: why }];
  });
}
