import { finding, type Finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import type { CommandRun } from "./run-command.ts";

const testsNamed = 9;
const testsExplained = 3;

/** What is wrong, then each failed test, the first few with the lines that say why; without any, the end of the output. */
export function commandFindings(gate: string, problem: string, run: CommandRun): Finding[] {
  const { failures, counts } = run.tests;
  if (failures.length === 0) return [finding(gate, problem, { excerpt: lastLines(run.output) })];
  const all = Math.max(failures.length, counts?.failed ?? 0);
  const more = all > testsNamed ? ` (the first ${testsNamed} are named)` : "";
  const tests = failures.slice(0, testsNamed).map(({ name, lines }, index) => {
    const excerpt = index < testsExplained && lines.length > 0 ? lines.join("\n") : null;
    return finding(gate, `failed: ${name}`, { excerpt });
  });
  return [finding(gate, `${problem}${more}`), ...tests];
}

/** The end of the output, where most tools say what was wrong. */
function lastLines(output: string): string | null {
  const text = output.trimEnd().split("\n").slice(-60).join("\n").slice(-limits.findingCharacters);
  return text === "" ? null : text;
}
