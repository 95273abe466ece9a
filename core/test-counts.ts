import { z } from "zod";

const count = z.number().int().nonnegative();

/** What a test runner says of its run. `total` is the sum of the others; what is expected to fail counts as skipped. */
export const testCountsSchema = z.strictObject({
  total: count,
  passed: count,
  failed: count,
  skipped: count,
});
export type TestCounts = z.infer<typeof testCountsSchema>;

const most = 1e9;

/** Counts as they are kept: whole, never negative, adding up. */
export function testCounts(of: Partial<Omit<TestCounts, "total">>): TestCounts {
  const passed = bounded(of.passed);
  const failed = bounded(of.failed);
  const skipped = bounded(of.skipped);
  return { total: passed + failed + skipped, passed, failed, skipped };
}

export function sumOfCounts(all: readonly TestCounts[]): TestCounts | null {
  if (all.length === 0) return null;
  const sum = (member: "passed" | "failed" | "skipped"): number =>
    all.reduce((total, counts) => total + counts[member], 0);
  return testCounts({ passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") });
}

/** Tests that were carried out. */
export function ranOf({ total, skipped }: TestCounts): number {
  return total - skipped;
}

function bounded(value = 0): number {
  return Number.isNaN(value) ? 0 : Math.min(most, Math.max(0, Math.trunc(value)));
}
