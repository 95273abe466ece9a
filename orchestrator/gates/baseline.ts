import { gateName } from "../../core/gates/gate-name.ts";
import { finding } from "../../core/finding.ts";
import { ranOf } from "../../core/test-counts.ts";
import type { GateRun } from "../../core/verdict.ts";
import { baseRun, failingNames, runOnBase } from "./base-run.ts";
import { commandFindings } from "./command-findings.ts";
import { gateRun, verdictOfRun, type RunVerdict } from "./command-verdict.ts";
import { specOf, type Gate, type GateCase, type GateOutcome } from "./gate.ts";
import { namedCommand, networkOf } from "./named-command.ts";
import { withNewTests } from "./new-tests.ts";
import { runCommand, type CommandRun } from "./run-command.ts";

/** A command's outcome against that on the base: it failed there and passes now, or it is no worse than it was. */
export const baselineGate: Gate = async (current) => {
  const { effect, facts, name } = current;
  const { command, expect } = specOf(effect, "baseline");
  const line = namedCommand(facts, command);
  const known = passedAlready(current, command);
  if (known !== null) {
    const own = { ...known, command: line, network: networkOf(facts, command) };
    if (expect === "no-worse") return { ...own, verdict: "passed", findings: [] };
    const before = await failsBefore(current, command);
    return { ...own, ...before, runs: [...known.runs, ...before.runs] };
  }
  const run = await runCommand(current, { name: command, commit: effect.commit, id: effect.id });
  const judged = verdictOfRun(line, run, facts.pipeline.limits.commandTimeoutMs);
  const own = {
    command: line,
    exitCode: run.exitCode,
    evidence: run.evidence,
    tests: run.tests.counts,
    network: networkOf(facts, command),
  };
  const runs = [gateRun("candidate", judged.verdict, run)];
  const refused = { verdict: judged.verdict, findings: commandFindings(name, judged.problem, run) };
  if (judged.verdict === "errored") return { ...own, ...refused, runs };
  if (expect === "fails-before") {
    if (judged.verdict === "failed") return { ...own, ...refused, runs };
    const before = await failsBefore(current, command);
    return { ...own, ...before, runs: [...runs, ...before.runs] };
  }
  if (judged.verdict === "passed") return { ...own, verdict: "passed", findings: [], runs };
  const against = await noWorse(current, command, run, judged);
  return { ...own, ...against, runs: [...runs, ...against.runs] };
};

/** What a gate of this attempt has seen of the same commit is not run again. */
function passedAlready({ attempt, effect }: GateCase, command: string) {
  const name = gateName({ kind: "commands", which: "all" }, command);
  const found = attempt.gates.find(
    ({ judgement: own }) => own.name === name && own.commit === effect.commit && own.verdict === "passed",
  )?.judgement;
  const run = found?.runs?.find(({ on }) => on === "candidate");
  if (found === undefined || run === undefined) return null;
  return { exitCode: run.exitCode, evidence: run.evidence, tests: found.tests ?? null, runs: [run] };
}

type Compared = Pick<GateOutcome, "verdict" | "findings"> & { runs: readonly GateRun[] };

/** The base with the candidate's new tests must fail, by its exit code or its time: that it ran no test proves nothing. */
async function failsBefore(current: GateCase, command: string): Promise<Compared> {
  const { effect, name } = current;
  const commit = await withNewTests(current);
  const { gateRun: run, outcome } = await runOnBase(current, { command, commit, id: `${effect.id}-base` });
  if (run.verdict === "errored") {
    const problem = `'${command}' could not run on the base (exit code ${run.exitCode})`;
    return { verdict: "errored", findings: [finding(name, problem)], runs: [run] };
  }
  if (outcome === "timed-out" || run.exitCode !== 0) return { verdict: "passed", findings: [], runs: [run] };
  const problem = `expected '${command}' to fail on the base with the new tests of this work, found that it passes there: no test shows what was wrong`;
  return { verdict: "failed", findings: [finding(name, problem)], runs: [run] };
}

async function noWorse(
  current: GateCase,
  command: string,
  candidate: CommandRun,
  judged: RunVerdict,
): Promise<Compared> {
  const base = await baseRun(current, command);
  const problem = worse(candidate, base);
  if (problem === null) return { verdict: "passed", findings: [], runs: [base.run] };
  const told = `${judged.problem}; ${problem}`;
  return {
    verdict: "failed",
    findings: commandFindings(current.name, told, onlyNew(candidate, base.failing)),
    runs: [base.run],
  };
}

/** Null where the candidate fails in nothing that did not fail before. What cannot be compared is worse. */
function worse(candidate: CommandRun, base: Awaited<ReturnType<typeof baseRun>>): string | null {
  const { counts } = candidate.tests;
  if (base.run.verdict !== "failed" || base.run.exitCode === 0) return "on the base it does not fail";
  if (candidate.outcome !== "exited" || candidate.exitCode === 0 || (candidate.exitCode ?? 0) >= 128) {
    return "that is no outcome of tests";
  }
  if (counts === null || base.tests === null || counts.failed === 0) {
    return "its output does not say which tests failed here and on the base, so nothing shows that it is no worse";
  }
  if (ranOf(counts) < ranOf(base.tests)) {
    return `${ranOf(counts)} tests ran, on the base ${ranOf(base.tests)}`;
  }
  if (counts.failed > base.tests.failed) {
    return `${counts.failed} tests failed, on the base ${base.tests.failed}`;
  }
  const names = failingNames(candidate);
  if (names === null || base.failing === null) return null;
  const old = new Set(base.failing);
  const fresh = names.filter((name) => !old.has(name));
  return fresh.length === 0 ? null : `${fresh.length} of the tests that failed did not fail on the base`;
}

/** Old failures are not blamed. */
function onlyNew(run: CommandRun, old: readonly string[] | null): CommandRun {
  if (old === null) return run;
  const failures = run.tests.failures.filter(({ name }) => !old.includes(name));
  return { ...run, tests: { ...run.tests, failures } };
}
