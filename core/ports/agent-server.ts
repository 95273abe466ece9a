import type { ApprovalDecision, ApprovalRequest } from "../approval.ts";
import type { Failure } from "../events/run-events.ts";
import type { Usage } from "../usage.ts";

export interface AgentServerDescription {
  name: string;
  version: string;
  server: string;
  path: string;
  reason: string;
}

export interface WorkerRequest {
  /** The attempt's id, or a reviewer's like it; names the worker in logs and addresses. */
  workerId: string;
  /** The work tree; the worker's working directory. */
  directory: string;
  /** A folder of the worker's own for temporary files; it exists. */
  temporaryDirectory: string;
  access: "read-only" | "write";
  /** Standing instructions of the role. */
  instructions: string;
  /** Variables for the commands that the worker runs. */
  environment: Readonly<Record<string, string>>;
  /** Paths that the worker must not read, however wide its access; the work tree is not inside one. */
  denied: readonly string[];
  /** A thread to go on with, where the server can resume it; else a fresh one is opened. */
  threadId?: string | null;
}

/** What a worker does while it works, in our own words; for progress and traces, never for evidence. */
export type WorkerActivity =
  | { kind: "command-started"; callId: string; command: string }
  | { kind: "command-ended"; callId: string; exitCode: number | null }
  | { kind: "patch"; callId: string; paths: readonly string[] }
  | { kind: "message"; text: string }
  | { kind: "usage"; usage: Usage }
  /** It waits or tries again, in the server's words; it may go on by itself. */
  | { kind: "trouble"; text: string };

export interface WorkerObserver {
  /** Everything from the wire, raw, unknown types included. */
  wire(event: { threadId: string | null; type: string; payload: unknown }): void;
  activity(activity: WorkerActivity): void;
  /** No answer within the deadline of the desk is a refusal, and so is an approval of what would leave the sandbox. */
  approve(request: ApprovalRequest): Promise<ApprovalDecision>;
}

/** Usage is that of this turn alone, the thread's past not counted again. */
export interface TurnOutcome {
  threadId: string | null;
  answer: string | null;
  usage: Usage;
  failure: Failure | null;
}

export interface TurnRequest {
  prompt: string;
  /** JSON Schema of the answer; how it reaches the model is the server's business. It is checked by the caller all the same. */
  answerSchema?: unknown;
  /** W3C trace context, for the spans of the server's own. */
  traceparent?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** One Codex with one thread. Turns come one after another. */
export interface AgentWorker {
  readonly pid: number;
  /** The kernel's start time of `pid`: together they name a process for ever. */
  readonly startTime: string;
  readonly server: AgentServerDescription;
  /**
   * Never rejects for what the model, the server or the deadline does: that is `failure`. After one every other turn
   * fails (`worker.spent`).
   */
  runTurn(request: TurnRequest): Promise<TurnOutcome>;
  /** Of the turn that runs, or else the last one: its thread, null until the server has said it, and what it has used so far. */
  progress(): { threadId: string | null; usage: Usage };
  /** Ends the server and every descendant; resolves when none is left. Idempotent. */
  end(): Promise<"ended" | "killed">;
}

/** A Codex that takes turns. */
export interface AgentServer {
  /** Finds it and makes sure that it serves. Errors are of kind `environment`, with the versions that would do. */
  describe(): Promise<AgentServerDescription>;
  /** Rejects (kind `environment`) where the model wants a login and there is none; what cannot be told passes. */
  requireLogin(): Promise<void>;
  startWorker(request: WorkerRequest, observer: WorkerObserver): Promise<AgentWorker>;
}
