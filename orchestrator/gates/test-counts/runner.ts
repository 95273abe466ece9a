import type { TestCounts } from "../../../core/test-counts.ts";

export type RunnerName =
  | "vitest"
  | "jest"
  | "node"
  | "mocha"
  | "pytest"
  | "unittest"
  | "go"
  | "cargo"
  | "junit";

export interface FailedTest {
  name: string;
  /** The lines that say why, few of them. */
  lines: readonly string[];
}

/** How one runner speaks. Pure; never throws, whatever the lines are. */
export interface Runner {
  name: RunnerName;
  /** Every summary, in order. */
  summaries(lines: readonly string[]): readonly TestCounts[];
  /** The tests that failed, in order. */
  failures(lines: readonly string[]): readonly FailedTest[];
}
