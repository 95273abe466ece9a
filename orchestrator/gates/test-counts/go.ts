import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom } from "./output-lines.ts";
import { goEvents } from "./go-events.ts";
import type { FailedTest, Runner } from "./runner.ts";

const ok = /^ok {2}\t(\S+)\t/;
const noTests = /^\?\s+\t\S+\t\[no test files\]|^ok .*\[no tests to run\]$|^\t\S+\t\tcoverage: /;
const failedPackage = /^FAIL\t(\S+)(?:\t[\d.]+s| \[(?:build|setup) failed\])$/;
const run = /^=== RUN {3}/;
const done = /^ *--- (PASS|FAIL|SKIP): (\S+) \(/;

/** Of a whole output: tests with `-v` or `-json`, else packages, for those are all that `go test` tells of. */
export const go: Runner = {
  name: "go",
  summaries(lines) {
    const events = goEvents(lines);
    if (events !== null) return [events.counts];
    const verbose = lines.some((line) => run.test(line));
    const counts = verbose ? testsIn(lines) : packagesIn(lines);
    return counts === null ? [] : [counts];
  },
  failures(lines) {
    const events = goEvents(lines);
    if (events !== null) return events.failures;
    const found: FailedTest[] = [];
    let named = 0;
    for (const [index, line] of lines.entries()) {
      const [, how, test = ""] = done.exec(line) ?? [];
      const ends = (next: string): boolean => done.test(next) || /^(?:===|FAIL|ok|PASS)/.test(next);
      if (how === "FAIL") found.push({ name: test, lines: blockFrom(lines, index + 1, ends) });
      const path = failedPackage.exec(line)?.[1];
      if (path === undefined) continue;
      if (named === found.length) found.push({ name: path, lines: [line] });
      for (const failure of found.slice(named)) {
        if (failure.name !== path) failure.name = `${path} ${failure.name}`;
      }
      named = found.length;
    }
    return found;
  },
};

function packagesIn(lines: readonly string[]): TestCounts | null {
  let told = false;
  const counts = { passed: 0, failed: 0 };
  for (const line of lines) {
    if (noTests.test(line)) told = true;
    else if (ok.test(line)) counts.passed += 1;
    else if (failedPackage.test(line)) counts.failed += 1;
  }
  return told || counts.passed + counts.failed > 0 ? testCounts(counts) : null;
}

function testsIn(lines: readonly string[]): TestCounts {
  const how = lines.flatMap((line) => done.exec(line)?.[1] ?? []);
  const of = (word: string): number => how.filter((own) => own === word).length;
  const broken = lines.filter((line) => /^FAIL\t\S+ \[(?:build|setup) failed\]$/.test(line)).length;
  return testCounts({ passed: of("PASS"), failed: of("FAIL") + broken, skipped: of("SKIP") });
}
