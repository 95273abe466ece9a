import type { BaseRun } from "../../core/base-run.ts";
import { gateName } from "../../core/gates/gate-name.ts";
import type { TestCounts } from "../../core/test-counts.ts";
import type { GateRun } from "../../core/verdict.ts";
import type { RunState } from "../state.ts";
import { gateRun, verdictOfRun } from "./command-verdict.ts";
import type { GateCase } from "./gate.ts";
import { namedCommand } from "./named-command.ts";
import { mostFailures } from "./test-counts/read-tests.ts";
import { runCommand, type CommandRun } from "./run-command.ts";

/** How a command runs on what the candidate is measured against: measured once in a run for each tree and command. */
export async function baseRun(current: GateCase, command: string): Promise<BaseRun> {
  const { effect, world } = current;
  const { base: commit, taskKey, attemptId } = effect;
  const tree = await world.workspace.treeOf(commit);
  const known = world.log.state.baseRuns.find((run) => run.tree === tree && run.command === command);
  if (known !== undefined) return known;
  const run = await runOnBase(current, { command, commit, id: `${effect.id}-base` });
  const failing = failingNames(run);
  const base = { command, commit, tree, run: run.gateRun, tests: run.tests.counts, failing };
  await world.log.append([{ event: { type: "base.measured", payload: { base } }, taskKey, attemptId }]);
  return base;
}

/** What a gate has counted of this tree already, as somebody's candidate, need not be measured again. */
export async function testsOnBase(
  current: GateCase,
  command: string,
): Promise<{ tests: TestCounts | null; run: GateRun }> {
  const { effect, world } = current;
  const tree = await world.workspace.treeOf(effect.base);
  return judgedAlready(world.log.state, tree, command) ?? baseRun(current, command);
}

/** A run that could not be judged measures nothing: it is thrown, and neither cached nor compared. */
export async function runOnBase(
  current: GateCase,
  { command, commit, id }: { command: string; commit: string; id: string },
): Promise<CommandRun & { gateRun: GateRun }> {
  const { facts } = current;
  const run = await runCommand(current, { name: command, commit, id });
  const { commandTimeoutMs } = facts.pipeline.limits;
  const { verdict, problem } = verdictOfRun(namedCommand(facts, command), run, commandTimeoutMs);
  if (run.outcome === "errored" || run.outcome === "cancelled") throw new Error(`on the base, ${problem}`);
  return { ...run, gateRun: gateRun("base", verdict, run) };
}

/** Null where not all of them are known. */
export function failingNames({ tests, truncated }: CommandRun): string[] | null {
  const { counts, failures } = tests;
  const all = failures.length < mostFailures && (failures.length > 0 || counts?.failed === 0);
  if (truncated || !all) return null;
  return failures.map(({ name }) => name);
}

function judgedAlready(
  state: RunState,
  tree: string,
  command: string,
): { tests: TestCounts | null; run: GateRun } | null {
  const name = gateName({ kind: "commands", which: "all" }, command);
  for (const { attempts } of state.tasks.values()) {
    for (const { gates } of attempts) {
      const found = gates.find(
        ({ judgement }) =>
          judgement.name === name && judgement.verdict === "passed" && judgement.tree === tree,
      );
      const run = found?.judgement.runs?.find(({ on }) => on === "candidate");
      if (run !== undefined) return { tests: found?.judgement.tests ?? null, run: { ...run, on: "base" } };
    }
  }
  return null;
}
