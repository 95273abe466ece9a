import { ranOf } from "../../core/test-counts.ts";
import type { GateRun, Verdict } from "../../core/verdict.ts";
import type { CommandRun } from "./run-command.ts";

/** What a shell answers where it cannot find or run the program: the gate's tool is missing, nobody failed. */
const toolMissing = [126, 127];

export interface RunVerdict {
  verdict: Exclude<Verdict, "flaky">;
  /** What is wrong; empty where nothing is. */
  problem: string;
}

/** What one run of a command says. The exit code decides; counts can only take a pass away. Pure. */
export function verdictOfRun(command: string, run: CommandRun, timeoutMs: number): RunVerdict {
  const { outcome, exitCode, problem, tests } = run;
  if (outcome === "exited" && exitCode === 0) return verdictOfCounts(command, tests.counts);
  if (outcome === "exited" && exitCode !== null && !toolMissing.includes(exitCode)) {
    return { verdict: "failed", problem: `'${command}' ended with exit code ${exitCode}${failedOf(run)}` };
  }
  if (outcome === "timed-out") {
    return { verdict: "failed", problem: `'${command}' was not done after ${timeoutMs} ms` };
  }
  const why = problem ?? (outcome === "cancelled" ? "it was cancelled" : `exit code ${exitCode}`);
  return { verdict: "errored", problem: `'${command}' could not run: ${why}` };
}

export function gateRun(on: GateRun["on"], verdict: Verdict, run: CommandRun): GateRun {
  const { exitCode, durationMs, evidence } = run;
  return { on, verdict, exitCode, durationMs, evidence };
}

function verdictOfCounts(command: string, counts: CommandRun["tests"]["counts"]): RunVerdict {
  if (counts === null) return { verdict: "passed", problem: "" };
  if (ranOf(counts) === 0) {
    const skipped = counts.skipped === 0 ? "" : ` (${counts.skipped} skipped)`;
    return { verdict: "failed", problem: `'${command}' ran no test${skipped}, so it proves nothing` };
  }
  if (counts.failed === 0) return { verdict: "passed", problem: "" };
  const problem = `'${command}' ended with exit code 0, although it says that ${counts.failed} of ${counts.total} tests failed`;
  return { verdict: "failed", problem };
}

function failedOf({ tests: { counts } }: CommandRun): string {
  if (counts === null || counts.failed === 0) return "";
  return `: ${counts.failed} of ${counts.total} tests failed`;
}
