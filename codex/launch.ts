import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { basename } from "node:path";
import type { Readable, Writable } from "node:stream";
import { PortcullisError } from "../core/errors.ts";
import { familyMark, familyStarted, markName } from "../core/families.ts";
import { endFamily } from "./end-family.ts";
import { startTimeOf } from "./processes.ts";
import { watchOwnEnd } from "./watch-own-end.ts";

const stderrTailBytes = 8 * 1024;

/** A child in a process group of its own, spoken to over stdin and stdout. */
export interface Launched {
  pid: number;
  startTime: string;
  stdin: Writable;
  stdout: Readable;
  /** In its environment; who is started with it is ended with it (end-family.ts). */
  mark: Readonly<Record<string, string>>;
  /** The last lines of stderr, bounded. */
  stderrTail(): string;
  /** Resolves once, when the process has exited: `exit code N`, `signal NAME`, or an error. */
  exited: Promise<string>;
  /** Resolves when nobody holds its stdout and stderr any more. */
  drained: Promise<void>;
  /** Ends it and all that descends from it. Idempotent. */
  end(): Promise<"ended" | "killed">;
}

export interface LaunchOptions {
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** What it is, for people who find it running. Default: program and first argument. */
  what?: string;
  onStderr?: (chunk: Buffer) => void;
  /** Called where the child writes to its file descriptor 3. */
  onSign?: () => void;
}

/** Error: `codex.not-started` where the program cannot be run. */
export async function launch(
  program: string,
  args: readonly string[],
  options: LaunchOptions,
): Promise<Launched> {
  watchOwnEnd();
  const mark = familyMark();
  const child = spawn(program, args, {
    detached: true,
    stdio: ["pipe", "pipe", "pipe", options.onSign === undefined ? "ignore" : "pipe"],
    env: { ...options.env, ...mark },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  const exited = exitOf(child);
  const drained = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stderrTail = keepTail(child.stderr);
  if (options.onStderr !== undefined) child.stderr.on("data", options.onStderr);
  if (options.onSign !== undefined) child.stdio[3]?.on("data", options.onSign);
  // A broken pipe is told by the exit; without a listener it would end us.
  child.stdin.on("error", () => undefined);
  const what = options.what ?? [basename(program), ...args.slice(0, 1)].join(" ");
  const ended = child.pid === undefined ? () => undefined : familyStarted({ pid: child.pid, what });
  const pid = await startedPid(child, program);
  const startTime = startTimeOf(pid) ?? "unknown";
  const family = { pid, startTime, mark: `${markName}=${mark[markName]}` };
  let ending: Promise<"ended" | "killed"> | undefined;
  return {
    pid,
    startTime,
    mark,
    stdin: child.stdin,
    stdout: child.stdout,
    stderrTail,
    exited,
    drained,
    end: () =>
      (ending ??= endFamily(family).then((how) => {
        ended();
        return how;
      })),
  };
}

function startedPid(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? -1));
    child.once("error", (cause) =>
      reject(
        new PortcullisError({
          code: "codex.not-started",
          kind: "environment",
          message: `'${program}' could not be started: ${cause.message}`,
          remedy: "name a Codex that runs on this machine with --codex PATH",
          cause,
        }),
      ),
    );
  });
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

function keepTail(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-stderrTailBytes);
  });
  stream.on("error", () => undefined);
  return () => tail.toString("utf8").trim();
}
