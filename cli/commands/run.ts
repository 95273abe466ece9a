import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { messageOf, PortcullisError } from "../../exit-codes.ts";
import type { RunOptions } from "../../index.ts";
import type { CommandModule, GlobalOptions } from "../command.ts";
import { conclude } from "../conclude-run.ts";
import { isAttended, terminalDesk } from "../human-desk.ts";
import { interruptSignal } from "../interrupt.ts";
import { goOnWithoutReader } from "../lost-output.ts";
import { repeatable } from "../repeatable.ts";
import { showProgress } from "../progress.ts";
import { jsonProgress } from "../json-progress.ts";
import { stateDirectoryOf } from "../state-directory.ts";

interface RunFlags {
  goalFile?: string;
  repo: string;
  pipeline?: string;
  base?: string;
  branch?: string;
  check: string[];
  codex?: string;
  model?: string;
  codexConfig: string[];
  json?: boolean;
}

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("[goal]", "what is to be reached")
    .option("--goal-file <file>", "the goal from a file, or from standard input with '-'")
    .option("--repo <dir>", "the repository", ".")
    .option("--pipeline <name|file>", "the pipeline (default: plan-execute-verify)")
    .option("--base <rev>", "the commit to start from (default: HEAD)")
    .option("--branch <name>", "the branch to make (default: portcullis/<run>)")
    .option("--check <command>", "a command that must pass, for this run; repeatable", repeatable, [])
    .option("--codex <path>", "the Codex to use (default: the bundled one)")
    .option("--model <name>", "the model")
    .option("--codex-config <key=value>", "any setting of Codex; repeatable", repeatable, [])
    .option("--json", "the run's events, one JSON object a line");
  run(async (options) => {
    const flags = command.opts<RunFlags>();
    const goal = await goalOf(command.args, flags.goalFile);
    return runAndReport(goal, flags, options);
  });
};

async function runAndReport(goal: string, flags: RunFlags, options: GlobalOptions): Promise<number> {
  const { startRun } = await import("../../index.ts");
  const { signal, dispose } = interruptSignal();
  goOnWithoutReader();
  const progress = flags.json === true ? jsonProgress() : showProgress(options);
  try {
    const result = await startRun({
      ...runOptions(goal, flags),
      stateDirectory: stateDirectoryOf(options),
      signal,
      onEvent: (envelope) => progress.event(envelope),
      onActivity: (attempt, activity) => progress.activity(attempt, activity),
      onNotice: (notice) => progress.notice(notice),
      ...(isAttended(flags.json === true) ? { human: terminalDesk(() => progress.hold()) } : {}),
    });
    progress.stop();
    return conclude(result, options, flags.json === true);
  } finally {
    progress.stop();
    dispose();
  }
}

function runOptions(goal: string, flags: RunFlags): RunOptions {
  const { pipeline, base, branch, codex, model } = flags;
  return {
    goal,
    repository: flags.repo,
    checks: flags.check,
    codexConfig: flags.codexConfig,
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(base === undefined ? {} : { base }),
    ...(branch === undefined ? {} : { branch }),
    ...(codex === undefined ? {} : { codexPath: codex }),
    ...(model === undefined ? {} : { model }),
  };
}

async function goalOf(args: readonly string[], file: string | undefined): Promise<string> {
  const [given] = args;
  if (given !== undefined && file !== undefined) throw goalError("the goal is given twice", "give it once");
  if (given !== undefined) return given;
  if (file === undefined) throw goalError("no goal is given", "say it: portcullis run 'Make the tests pass'");
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (cause) {
    throw goalError(
      `the goal cannot be read: ${messageOf(cause)}`,
      "name a readable file with --goal-file",
      cause,
    );
  }
}

function goalError(message: string, remedy: string, cause?: unknown): PortcullisError {
  return new PortcullisError({ code: "goal.missing", kind: "usage", message, remedy, cause });
}
