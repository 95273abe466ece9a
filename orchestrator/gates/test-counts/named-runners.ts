import { posix } from "node:path";
import { simpleCommands } from "../simple-commands.ts";
import type { RunnerName } from "./runner.ts";

const packageRunner = /^(?:npm|pnpm|yarn|bun)$/;
const byName: Readonly<Record<string, RunnerName>> = {
  vitest: "vitest",
  jest: "jest",
  "react-scripts": "jest",
  mocha: "mocha",
  _mocha: "mocha",
  pytest: "pytest",
  "py.test": "pytest",
};
/** Options that look for the script in another package. */
const elsewhere = /^(?:-w|-ws|-r|-F|-C|--(?:workspaces?|recursive|filter|prefix|dir|cwd)(?:=.*)?)$/;
const deepest = 20;
const mostLines = 1000;
/** Programs that name files and run none of them. */
const speaksOnly = new Set([
  "cat",
  "cd",
  "cp",
  "echo",
  "export",
  "git",
  "grep",
  "ls",
  "mkdir",
  "mv",
  "printf",
  "rm",
  "sed",
  "tee",
  "test",
  "touch",
  "[",
]);

/**
 * The test runners that a shell line starts, one entry for each start, `npm test` and its like read through the scripts.
 * Pure. Empty where none is recognised: then nobody can say whose summary is the right one.
 */
export function namedRunners(line: string, scripts: Readonly<Record<string, string>>): readonly RunnerName[] {
  return runnersOf(line, scripts, [], { left: mostLines });
}

function runnersOf(
  line: string,
  scripts: Readonly<Record<string, string>>,
  within: readonly string[],
  lines: { left: number },
): RunnerName[] {
  lines.left -= 1;
  if (lines.left < 0 || within.length > deepest) return [];
  return simpleCommands(line).flatMap((words) => {
    const inline = inlineLine(words);
    if (inline !== null) return runnersOf(inline, scripts, [...within, inline], lines);
    const script = scriptNamed(words, scripts);
    if (script === null) return startOf(words);
    if (within.includes(script)) return [];
    const own = [`pre${script}`, script, `post${script}`].map((name) =>
      Object.hasOwn(scripts, name) ? (scripts[name] ?? "") : "",
    );
    return own.flatMap((next) => runnersOf(next, scripts, [...within, script], lines));
  });
}

/** What `bash -c` runs. */
function inlineLine([program = "", ...args]: readonly string[]): string | null {
  if (!/^(?:ba|da|k|z)?sh$/.test(posix.basename(program))) return null;
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return at === -1 ? null : (args[at + 1] ?? null);
}

function scriptNamed(words: readonly string[], scripts: Readonly<Record<string, string>>): string | null {
  const [program = "", ...args] = words;
  if (program === "node") {
    const inline = args.find((arg) => arg.startsWith("--run="))?.slice("--run=".length);
    const at = args.indexOf("--run");
    return inline ?? (at === -1 ? null : (args[at + 1] ?? null));
  }
  if (!packageRunner.test(program) || args.some((arg) => elsewhere.test(arg))) return null;
  const [first = "", second = ""] = args.filter((arg) => !arg.startsWith("-"));
  if (["run", "run-script", "rum", "urn"].includes(first)) return second;
  if (["t", "tst"].includes(first)) return "test";
  return Object.hasOwn(scripts, first) ? first : null;
}

/** A runner that is told to report as JUnit does is looked for in that form too. */
function startOf(words: readonly string[]): RunnerName[] {
  const runner = runnerIn(words);
  if (runner === null) return [];
  return words.some((word) => /junit/i.test(word)) ? [runner, "junit"] : [runner];
}

/** Looks past what only starts another program: `npx`, `c8`, `cross-env A=b`, `timeout 60`, `uv run`, a path to it. */
function runnerIn(words: readonly string[]): RunnerName | null {
  const [program = ""] = words;
  if (speaksOnly.has(program)) return null;
  if (words.includes("--test") && words.some((word) => /^(?:node|tsx)$/.test(posix.basename(word)))) {
    return "node";
  }
  for (const [index, word] of words.entries()) {
    const name = posix.basename(word).replace(/\.(?:[cm]?js|cmd|exe|py)$/, "");
    if (Object.hasOwn(byName, name)) return byName[name] ?? null;
    const next = words.slice(index + 1).find((other) => !/^[-+]/.test(other));
    if (name === "unittest" && words[index - 1] === "-m") return "unittest";
    if (name === "go" && next === "test") return "go";
    if (name === "cargo" && (next === "test" || next === "t")) return "cargo";
  }
  return null;
}
