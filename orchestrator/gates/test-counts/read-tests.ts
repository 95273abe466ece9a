import { sumOfCounts, type TestCounts } from "../../../core/test-counts.ts";
import { cargo } from "./cargo.ts";
import { go } from "./go.ts";
import { jest } from "./jest.ts";
import { junit } from "./junit.ts";
import { mocha } from "./mocha.ts";
import { nodeTest } from "./node-test.ts";
import { outputLines } from "./output-lines.ts";
import { pytest } from "./pytest.ts";
import type { FailedTest, Runner, RunnerName } from "./runner.ts";
import { unittest } from "./unittest.ts";
import { vitest } from "./vitest.ts";

const runners: readonly Runner[] = [vitest, jest, nodeTest, mocha, pytest, unittest, go, cargo, junit];

export interface TestReading {
  /** Null where no runner's summary was found. */
  counts: TestCounts | null;
  failures: readonly FailedTest[];
}

/** Where so many are named, there may be more. */
export const mostFailures = 500;
const most = { characters: 300, lines: 12 };

/**
 * What test runners say in a command's output. A test may print what looks like a summary: of the runners that the command
 * names, each start's last one counts; where it names none, the strictest of all runners' last ones. Pure; never throws.
 */
export function readTests(output: string, named: readonly RunnerName[]): TestReading {
  const lines = outputLines(output);
  const asked = runners.filter(({ name }) => named.length === 0 || named.includes(name));
  const all = asked.flatMap((runner) => {
    const starts = named.filter((name) => name === runner.name).length;
    const counts = lastOf(runner.summaries(lines), Math.max(1, starts));
    return counts === null ? [] : [{ runner, counts }];
  });
  // JUnit is another form of what a named runner says: it counts where that says nothing itself.
  const own = all.filter(({ runner }) => runner !== junit);
  const found = named.length > 0 && own.length > 0 ? own : all;
  const failures = bounded(found.flatMap(({ runner }) => runner.failures(lines)));
  const counts = found.map((one) => one.counts);
  return { counts: named.length === 0 ? strictest(counts) : sumOfCounts(counts), failures };
}

/** The last summary; of several starts, the others' are the strictest of those before it. */
function lastOf(summaries: readonly TestCounts[], starts: number): TestCounts | null {
  const before = summaries.slice(0, -1).toSorted(byPassed);
  return sumOfCounts([...before.slice(0, starts - 1), ...summaries.slice(-1)]);
}

function strictest(all: readonly TestCounts[]): TestCounts | null {
  return all.toSorted(byPassed)[0] ?? null;
}

function byPassed(a: TestCounts, b: TestCounts): number {
  return a.passed - b.passed || b.failed - a.failed;
}

function bounded(failures: readonly FailedTest[]): FailedTest[] {
  const byName = new Map(failures.map((failure) => [failure.name, failure] as const).toReversed());
  return [...byName.values()]
    .toReversed()
    .slice(0, mostFailures)
    .map(({ name, lines }) => ({
      name: name.slice(0, most.characters),
      lines: lines.slice(0, most.lines).map((line) => line.slice(0, most.characters)),
    }));
}
