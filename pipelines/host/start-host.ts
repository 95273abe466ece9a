import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CustomGateContext, CustomGateOutcome } from "../../core/custom-gate.ts";
import { messageOf } from "../../core/errors.ts";
import { familyMark, familyStarted } from "../../core/families.ts";
import { placeIn } from "./error-place.ts";
import type { FromHost, HostPlace, HostRequest, LoadedFile, ToHost } from "./messages.ts";

/** Code of a pipeline that could not be imported, threw, or did not end. */
export class HostError extends Error {
  readonly place: HostPlace | null;
  readonly remedy: string | null;

  constructor(message: string, more: { place?: HostPlace | null; remedy?: string | null } = {}) {
    super(message);
    this.name = "HostError";
    this.place = more.place ?? null;
    this.remedy = more.remedy ?? null;
  }
}

export type HostResult =
  | { kind: "loaded"; pipeline: unknown; files: readonly LoadedFile[] }
  | { kind: "judged"; outcome: CustomGateOutcome };

export interface HostOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Answers what the gate asks for. */
  context?: CustomGateContext;
}

/** Between the word that it is over and the end of the process. */
const graceMs = 250;

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const program = fileURLToPath(new URL(`main.${extension}`, import.meta.url));

/** Reads files; writes none, starts nothing and, from Node 25 on, has no network. No wall against malice: docs/pipelines.md. */
const permissions = ["--permission", "--allow-fs-read=*", "--max-old-space-size=512", "--no-warnings"];

/** Runs one request in a process of its own, which is gone when this settles. Rejects with a `HostError`. */
export async function askHost(request: HostRequest, options: HostOptions): Promise<HostResult> {
  const child = fork(program, [], {
    execArgv: permissions,
    // Ctrl-C is for us: what it means for the gate is said over the channel.
    detached: true,
    // Nothing that could steer it, and no secret.
    env: {
      PATH: process.env["PATH"] ?? "",
      ...(process.env["TZ"] === undefined ? {} : { TZ: process.env["TZ"] }),
      ...familyMark(),
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const { pid } = child;
  const ended = pid === undefined ? () => undefined : familyStarted({ pid, what: "a pipeline's own code" });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    return await converse(child, request, options);
  } finally {
    child.kill("SIGKILL");
    await gone;
    ended();
  }
}

function converse(child: ChildProcess, request: HostRequest, options: HostOptions): Promise<HostResult> {
  const { timeoutMs, signal, context } = options;
  const said = outputOf(child);
  return new Promise((resolve, reject) => {
    const tooLate = new HostError(`it was not done after ${timeoutMs} ms`);
    const late = setTimeout(() => reject(tooLate), timeoutMs);
    const stop = (): void => {
      const isDeadline = signal?.reason instanceof Error && signal.reason.name === "TimeoutError";
      tell(child, { kind: "abort" });
      setTimeout(() => reject(isDeadline ? tooLate : new HostError("it was cancelled")), graceMs);
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    child.on("error", (error) => reject(new HostError(messageOf(error))));
    child.on("close", (exitCode) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
      reject(diedOf(said(), exitCode));
    });
    child.on("message", (message: FromHost) => {
      if (message.kind === "ready") tell(child, { kind: "start", request });
      else if (message.kind === "call") void answer(child, message, context);
      else if (message.kind === "failed") reject(new HostError(message.message, message));
      else resolve(message);
    });
  });
}

async function answer(
  child: ChildProcess,
  { id, ...call }: Extract<FromHost, { kind: "call" }>,
  context: CustomGateContext | undefined,
): Promise<void> {
  try {
    if (context === undefined) throw new Error("a gate that does not judge may ask for nothing");
    tell(child, { kind: "answer", id, value: await askContext(context, call) });
  } catch (error) {
    tell(child, { kind: "refusal", id, message: messageOf(error) });
  }
}

function askContext(
  context: CustomGateContext,
  call: Omit<Extract<FromHost, { kind: "call" }>, "id">,
): Promise<unknown> {
  if (call.method === "readFile")
    return context.readFile(...(call.args as Parameters<CustomGateContext["readFile"]>));
  if (call.method === "listFiles")
    return context.listFiles(...(call.args as Parameters<CustomGateContext["listFiles"]>));
  return context.runCommand(...(call.args as Parameters<CustomGateContext["runCommand"]>));
}

function tell(child: ChildProcess, message: ToHost): void {
  if (child.connected) child.send(message, () => undefined);
}

/** The head of stderr, where Node says what it died of; the rest is only drained. */
function outputOf(child: ChildProcess): () => string {
  let text = "";
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => {
    if (text.length < 64 * 1024) text += chunk.toString();
  });
  return () => text;
}

function diedOf(stderr: string, exitCode: number | null): HostError {
  const [thrown] = /^(?:\w*Error)(?: \[\w+\])?: .*$/m.exec(stderr) ?? [];
  if (thrown === undefined)
    return new HostError(`its process ended (exit code ${exitCode}) before it was done`);
  const place = placeIn(stderr, (path) => path.startsWith("/") && path !== program);
  return new HostError(thrown, { place });
}
