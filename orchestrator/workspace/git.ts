import { existsSync } from "node:fs";
import { execa } from "execa";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import { ownMark } from "../../core/families.ts";
import { gitArguments, gitEnvironment, type GitOwner } from "./git-environment.ts";

export interface GitOptions {
  /** Whose repository it is: `ours` knows no configuration but its own, `user` keeps the user's (safe.directory). */
  owner: GitOwner;
  directory: string;
  /** Beyond the safe ones, and stronger than they are. */
  environment?: Readonly<Record<string, string>>;
  input?: string | Uint8Array;
  timeoutMs?: number;
  /** Ends git; that has failed then. */
  signal?: AbortSignal;
  maxOutputBytes?: number;
  /** Exit codes that are answers and not failures. 0 always is one. */
  answers?: readonly number[];
}

export interface GitOutput {
  exitCode: number;
  stdout: Uint8Array;
}

const defaultTimeoutMs = 120_000;
const defaultOutputBytes = 64 * 1024 * 1024;

/** What is read of execa's result. */
interface GitResult {
  exitCode?: number | undefined;
  stdout: Uint8Array;
  stderr: Uint8Array;
  code?: string | undefined;
  timedOut: boolean;
  isMaxBuffer: boolean;
}

/**
 * Runs git with everything off that could run foreign code or wait for a person. At most 120 s and 64 MiB of output
 * unless told. Errors: `git.missing` (environment), `git.failed` (undecided; the message has the arguments and git's
 * last line).
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitOutput> {
  const { owner, directory, environment = {}, input, answers = [], signal } = options;
  const { timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultOutputBytes } = options;
  const result: GitResult = await execa("git", [...gitArguments(owner), ...args], {
    encoding: "buffer",
    reject: false,
    stripFinalNewline: false,
    cwd: directory,
    extendEnv: false,
    env: { ...gitEnvironment(owner, process.env), ...environment, ...ownMark },
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    forceKillAfterDelay: 2000,
    maxBuffer: maxOutputBytes,
  });
  const { exitCode, stdout } = result;
  const answered = exitCode !== undefined && (exitCode === 0 || answers.includes(exitCode));
  if (!answered || result.timedOut || result.isMaxBuffer) throw gitError(args, result, options);
  return { exitCode, stdout };
}

/** The output as text, without the last line's end. */
export async function gitText(args: readonly string[], options: GitOptions): Promise<string> {
  const { stdout } = await runGit(args, options);
  return new TextDecoder().decode(stdout).replace(/\n$/, "");
}

/** The parts of an output of `-z`. Names that are no UTF-8 come with replacement characters. */
export async function gitParts(args: readonly string[], options: GitOptions): Promise<string[]> {
  const { stdout } = await runGit(args, options);
  return splitParts(stdout);
}

export function splitParts(output: Uint8Array): string[] {
  const parts = new TextDecoder("utf-8", { ignoreBOM: true }).decode(output).split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function gitError(
  args: readonly string[],
  result: GitResult,
  { timeoutMs = defaultTimeoutMs, directory }: GitOptions,
): PortcullisError {
  if (result.code === "ENOENT" && existsSync(directory)) {
    return new PortcullisError({
      code: "git.missing",
      kind: "environment",
      message: "expected git on the PATH, found none",
      remedy: "install git 2.38 or later",
      cause: result,
    });
  }
  return new PortcullisError({
    code: "git.failed",
    kind: "undecided",
    message: `git ${args.join(" ").slice(0, 500)}: ${whyFailed(result, timeoutMs)}`,
    remedy: "read git's message; where it names a lock or a full disk, mend that and run again",
    cause: result,
  });
}

function whyFailed(result: GitResult, timeoutMs: number): string {
  if (result.timedOut) return `not done after ${timeoutMs} ms`;
  if (result.isMaxBuffer) return "more output than the limit";
  const lastLine = new TextDecoder().decode(result.stderr).trimEnd().split("\n").at(-1);
  if (lastLine !== undefined && lastLine !== "") return lastLine.slice(0, 1000);
  return result.exitCode === undefined ? messageOf(result) : `exit code ${result.exitCode}`;
}
