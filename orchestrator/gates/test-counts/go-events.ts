import { z } from "zod";
import { testCounts, type TestCounts } from "../../../core/test-counts.ts";
import type { FailedTest } from "./runner.ts";

/** One line of `go test -json`. */
const eventSchema = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});
type GoEvent = z.infer<typeof eventSchema>;

const linesKept = 200;
const linesOfOneFailure = 12;

/** What the events of `go test -json` add up to; null where there are none. */
export function goEvents(
  lines: readonly string[],
): { counts: TestCounts; failures: readonly FailedTest[] } | null {
  const events = lines.flatMap((line) => eventIn(line) ?? []);
  const packages = new Map<string, string>();
  const tests = new Map<string, string>();
  const said = new Map<string, string[]>();
  for (const { Action: action, Package: path = "", Test: test, Output: output } of events) {
    const name = test === undefined ? path : `${path} ${test}`;
    if (["pass", "fail", "skip"].includes(action)) (test === undefined ? packages : tests).set(name, action);
    if (action !== "output" || output === undefined) continue;
    const own = said.get(name) ?? [];
    if (own.length < linesKept) own.push(output);
    said.set(name, own);
  }
  if (packages.size + tests.size === 0) return null;
  const broken = [...packages].filter(([path, how]) => how === "fail" && !hasFailure(tests, path));
  const failed = [...[...tests].filter(([, how]) => how === "fail"), ...broken].map(([name]) => name);
  const of = (word: string): number => [...tests.values()].filter((how) => how === word).length;
  return {
    counts: testCounts({ passed: of("pass"), failed: failed.length, skipped: of("skip") }),
    failures: failed.map((name) => ({ name, lines: shown(said.get(name) ?? []) })),
  };
}

function eventIn(line: string): GoEvent | null {
  if (!line.startsWith("{") || !line.includes('"Action"')) return null;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function hasFailure(tests: ReadonlyMap<string, string>, path: string): boolean {
  return [...tests].some(([name, how]) => how === "fail" && name.startsWith(`${path} `));
}

function shown(output: readonly string[]): string[] {
  const lines = output.map((line) => line.trimEnd()).filter((line) => !/^\s*(?:===|---) /.test(line));
  return lines.filter((line) => line !== "").slice(0, linesOfOneFailure);
}
