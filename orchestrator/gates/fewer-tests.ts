import { finding } from "../../core/finding.ts";
import { ranOf } from "../../core/test-counts.ts";
import type { GateRun, Verdict } from "../../core/verdict.ts";
import { testsOnBase } from "./base-run.ts";
import type { GateCase, GateOutcome } from "./gate.ts";
import type { CommandRun } from "./run-command.ts";

/** Whether a command that passed carried out fewer tests than on the base: tests that vanished have not passed. */
export async function fewerTests(
  current: GateCase,
  command: string,
  candidate: CommandRun,
): Promise<{ verdict: Verdict; findings: GateOutcome["findings"]; runs: GateRun[] }> {
  const { effect, name, world } = current;
  const own = await world.workspace.treeOf(effect.commit);
  if (own === (await world.workspace.treeOf(effect.base)))
    return { verdict: "passed", findings: [], runs: [] };
  const { tests, run } = await testsOnBase(current, command);
  const before = tests === null ? 0 : ranOf(tests);
  const { counts } = candidate.tests;
  const now = counts === null ? 0 : ranOf(counts);
  if (now >= before) return { verdict: "passed", findings: [], runs: [run] };
  const found =
    counts === null
      ? "none whose number it tells"
      : `${now}${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`;
  const cut = candidate.truncated ? "; its output was longer than what is kept, print less" : "";
  const problem = `expected at least the ${before} tests that ran on the base, found ${found}${cut}`;
  return { verdict: "failed", findings: [finding(name, problem)], runs: [run] };
}
