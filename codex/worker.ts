import { messageOf, PortcullisError } from "../core/errors.ts";
import type { Failure } from "../core/events/run-events.ts";
import type {
  AgentServerDescription,
  AgentWorker,
  TurnOutcome,
  TurnRequest,
  WorkerObserver,
  WorkerRequest,
} from "../core/ports/agent-server.ts";
import { noUsage } from "../core/usage.ts";
import type { LateListeners } from "./agent-server.ts";
import type { CodexConfig } from "./config-values.ts";
import type { Launched } from "./launch.ts";
import type { McpConnection } from "./mcp-client.ts";
import { activityOf, createUsageMeter, errorMessageOf } from "./normalize.ts";
import type { ToolResult } from "./wire-schemas.ts";

export interface WorkerParts {
  server: AgentServerDescription;
  child: Launched;
  connection: McpConnection;
  listeners: LateListeners;
  observer: WorkerObserver;
  request: WorkerRequest;
  config: CodexConfig;
  model?: string;
}

/**
 * One thread on one server: the first turn opens it with `codex`, the others go on with `codex-reply`. After a failed turn
 * it takes no other: Codex would give the next one the answer that belongs to the one before, or none.
 */
export function createWorker(parts: WorkerParts): AgentWorker {
  const { server, child, connection, observer } = parts;
  const meter = createUsageMeter();
  let threadId: string | null = null;
  let lastError: string | null = null;
  let failed = false;

  parts.listeners.current = {
    event: (event) => {
      threadId ??= event.threadId;
      observer.wire(event);
      lastError = errorMessageOf(event.payload) ?? lastError;
      const activity = activityOf(event.payload);
      if (activity?.kind === "usage") meter.saw(event.threadId, activity.usage);
      if (activity !== null) observer.activity(activity);
    },
    approve: (request) => observer.approve(request),
  };

  async function runTurn(turn: TurnRequest): Promise<TurnOutcome> {
    if (failed) return { threadId, answer: null, usage: noUsage, failure: spent };
    const outcome = await take(turn);
    failed = outcome.failure !== null;
    return outcome;
  }

  async function take({ prompt, timeoutMs, signal }: TurnRequest): Promise<TurnOutcome> {
    lastError = null;
    const first = threadId === null;
    const args = first ? openingArguments(parts, prompt) : { prompt, threadId };
    try {
      const result = await connection.callTool(first ? "codex" : "codex-reply", args, { timeoutMs, signal });
      threadId = result.structuredContent?.threadId ?? threadId;
      const failure = result.isError === true ? modelFailure(textOf(result), lastError) : null;
      const answer = failure === null ? textOf(result) : null;
      return { threadId, answer, usage: meter.endTurn(), failure };
    } catch (error) {
      return { threadId, answer: null, usage: meter.endTurn(), failure: failureOf(error) };
    }
  }

  return { pid: child.pid, startTime: child.startTime, server, runTurn, end: () => child.end() };
}

function openingArguments({ request, config, model }: WorkerParts, prompt: string): Record<string, unknown> {
  return {
    prompt,
    cwd: request.directory,
    "approval-policy": "on-request",
    "developer-instructions": request.instructions,
    config,
    ...(model === undefined ? {} : { model }),
  };
}

function textOf(result: ToolResult): string {
  if (result.structuredContent !== undefined) return result.structuredContent.content;
  return result.content?.map(({ text }) => text ?? "").join("") ?? "";
}

const spent: Failure = {
  code: "worker.spent",
  message: "a turn of this worker has failed before; its thread takes no other",
  remedy: "nothing: another attempt is made, with another worker",
  retryable: true,
};

const notAllowed = /\b(?:401|403)\b|unauthori[sz]ed|not logged in|invalid api key/i;

function modelFailure(answer: string, reported: string | null): Failure {
  const message = (reported ?? answer).trim().slice(0, 2000) || "the turn failed without a word";
  if (notAllowed.test(message)) {
    const remedy = "log in with `codex login`, or set OPENAI_API_KEY";
    return { code: "model.not-allowed", message, remedy, retryable: false };
  }
  const remedy = "look at the run's wire events; Codex has retried by itself already";
  return { code: "model.failed", message, remedy, retryable: true };
}

function failureOf(error: unknown): Failure {
  if (error instanceof PortcullisError) {
    const { code, message, remedy, retryable } = error;
    return { code, message, remedy, retryable };
  }
  return {
    code: "server.failed",
    message: messageOf(error),
    remedy: "look at the run's wire events",
    retryable: true,
  };
}
