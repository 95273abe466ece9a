import { finding } from "../../core/finding.ts";
import type { Verdict } from "../../core/verdict.ts";
import { commandFindings } from "./command-findings.ts";
import { gateRun, verdictOfRun, type RunVerdict } from "./command-verdict.ts";
import { fewerTests } from "./fewer-tests.ts";
import { specOf, type GateCase, type GateOutcome } from "./gate.ts";
import { namedCommand, networkOf } from "./named-command.ts";
import { runCommand, type CommandRun } from "./run-command.ts";

type Judged = CommandRun & { judged: RunVerdict };

/**
 * A command of the configuration passes on a clean checkout of the candidate. What failed may be run again; what failed
 * once and passed once is `flaky`.
 */
export async function commandGate(current: GateCase): Promise<GateOutcome> {
  const { effect, facts, name } = current;
  const { reruns = 0, noFewerTests = false } = specOf(effect, "commands");
  const named = effect.command ?? "";
  const command = namedCommand(facts, named);
  const all = await runUntilSettled(current, named, reruns);
  const [first] = all;
  const runs = all.map((run) => gateRun("candidate", run.judged.verdict, run));
  const outcome = {
    ...verdictOfAll(name, command, all),
    command,
    exitCode: first.exitCode,
    evidence: first.evidence,
    tests: first.tests.counts,
    network: networkOf(facts, named),
  };
  if (outcome.verdict !== "passed" || !noFewerTests) return { ...outcome, runs };
  const fewer = await fewerTests(current, named, first);
  return { ...outcome, ...fewer, runs: [...runs, ...fewer.runs] };
}

/** A run that passed, or could not be judged, settles it. */
async function runUntilSettled(
  current: GateCase,
  name: string,
  reruns: number,
): Promise<readonly [Judged, ...Judged[]]> {
  const { id, commit } = current.effect;
  const all: [Judged, ...Judged[]] = [await judgedRun(current, { name, commit, id })];
  for (let number = 1; number <= reruns && all.at(-1)?.judged.verdict === "failed"; number += 1) {
    all.push(await judgedRun(current, { name, commit, id: `${id}-rerun-${number}` }));
  }
  return all;
}

async function judgedRun(current: GateCase, request: Parameters<typeof runCommand>[1]): Promise<Judged> {
  const { facts } = current;
  const run = await runCommand(current, request);
  const { commandTimeoutMs } = facts.pipeline.limits;
  return { ...run, judged: verdictOfRun(namedCommand(facts, request.name), run, commandTimeoutMs) };
}

function verdictOfAll(
  name: string,
  command: string,
  all: readonly [Judged, ...Judged[]],
): { verdict: Verdict; findings: GateOutcome["findings"] } {
  const [first] = all;
  const { verdict, problem } = all.at(-1)?.judged ?? first.judged;
  if (verdict === "passed" && all.length === 1) return { verdict, findings: [] };
  if (verdict !== "passed") return { verdict, findings: commandFindings(name, problem, all.at(-1) ?? first) };
  const flaky = `'${command}' is flaky: of ${all.length} runs on the same tree ${all.length - 1} failed`;
  return {
    verdict: "flaky",
    findings: [finding(name, flaky), ...commandFindings(name, first.judged.problem, first)],
  };
}
