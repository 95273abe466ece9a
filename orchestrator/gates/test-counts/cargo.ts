import { sumOfCounts, testCounts, type TestCounts } from "../../../core/test-counts.ts";
import { blockFrom } from "./output-lines.ts";
import type { Runner } from "./runner.ts";

const running = /^running \d{1,9} tests?$/;
const result =
  /^test result: (?:ok|FAILED)\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored; (\d{1,9}) measured;/;
const named = /^test (.+?)(?: - should panic)? \.\.\. FAILED\b/;
const stdout = /^---- (.+) stdout ----$/;

/** Of a whole output: `cargo test` gives a result for each of its binaries. */
export const cargo: Runner = {
  name: "cargo",
  summaries(lines) {
    const results: (TestCounts | null)[] = [];
    for (const line of lines) {
      if (running.test(line)) results.push(null);
      const counts = countsIn(line);
      // The last one of a binary is its own; earlier ones were printed by a test.
      if (counts !== null && results.length > 0) results[results.length - 1] = counts;
    }
    const sum = sumOfCounts(results.filter((counts) => counts !== null));
    return sum === null ? [] : [sum];
  },
  failures(lines) {
    const why = new Map<string, string[]>();
    for (const [index, line] of lines.entries()) {
      const name = named.exec(line)?.[1];
      if (name !== undefined && !why.has(name)) why.set(name, []);
      const shown = stdout.exec(line)?.[1];
      if (shown === undefined) continue;
      const ends = (next: string): boolean => /^(?:---- |stack backtrace:|note: |failures:)/.test(next);
      why.set(shown, blockFrom(lines, index + 1, ends));
    }
    return [...why].map(([name, own]) => ({ name, lines: own }));
  },
};

function countsIn(line: string): TestCounts | null {
  const found = result.exec(line);
  if (found === null) return null;
  const [passed, failed, ignored, measured] = found.slice(1).map(Number);
  return testCounts({
    passed: (passed ?? 0) + (measured ?? 0),
    failed: failed ?? 0,
    skipped: ignored ?? 0,
  });
}
