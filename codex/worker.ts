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
import { failureKey } from "./bridge/call-result.ts";
import type { CodexConfig } from "./config-values.ts";
import type { McpEvent } from "./mcp-client.ts";
import { misconfigured, modelFailure } from "./model-failure.ts";
import { activityOf, createUsageMeter, errorMessageOf } from "./normalize.ts";
import type { OpenServer } from "./open-server.ts";
import { promptWithSchema } from "./schema-prompt.ts";
import { strictSchema } from "./strict-schema.ts";
import type { ToolResult } from "./wire-schemas.ts";

export interface WorkerParts {
  server: AgentServerDescription;
  opened: OpenServer;
  observer: WorkerObserver;
  request: WorkerRequest;
  config: CodexConfig;
  model?: string;
}

/**
 * One thread on one server. The first turn opens it with `codex`, or goes on with the thread that was asked for where the
 * server knows it; the others are `codex-reply`. After a failed turn it takes no other: Codex 0.153.4 would give the next one
 * the answer that belongs to the one before, or none.
 */
export function createWorker(parts: WorkerParts): AgentWorker {
  const { server, opened, observer } = parts;
  const { child, connection } = opened;
  const bridged = server.server === "app-server";
  const meter = createUsageMeter();
  let threadId: string | null = null;
  let lastError: string | null = null;
  let failed = false;

  opened.listeners.current = {
    event: (event) => {
      threadId ??= event.threadId;
      // What the app-server itself said is kept, not the bridge's translation of it.
      if (event.raw || !bridged) observer.wire(wireEvent(event));
      if (event.raw) return;
      lastError = errorMessageOf(event.payload) ?? lastError;
      if (event.type === "task_started") meter.beginTurn();
      const activity = activityOf(event.payload);
      if (activity?.kind === "usage") meter.saw(event.threadId, activity.usage);
      if (activity !== null) observer.activity(activity);
    },
    async approve(request) {
      const decision = await observer.approve(request);
      // Seen on both: an approved patch is written anywhere, and a current Codex runs an approved command with its writes unconfined.
      const held = decision.decision === "denied" || (request.kind === "command" && !bridged);
      if (held) return decision;
      observer.wire({ threadId, type: "portcullis/approval-withheld", payload: { request, decision } });
      return { decision: "denied", by: "policy", why: "Codex would do it outside of the worker's sandbox" };
    },
  };

  async function call(turn: TurnRequest): Promise<ToolResult> {
    const input = turnInput(turn, bridged);
    const settings = threadSettings(parts);
    if (threadId !== null) return connection.callTool("codex-reply", { ...input, threadId }, turn);
    const before = bridged ? (parts.request.threadId ?? null) : null;
    if (before !== null) {
      const resumed = { ...input, ...settings, threadId: before };
      const result = await connection.callTool("codex-reply", resumed, turn);
      if (!isRefused(result)) return result;
      threadId = null;
    }
    return connection.callTool("codex", { ...input, ...settings }, turn);
  }

  async function runTurn(turn: TurnRequest): Promise<TurnOutcome> {
    if (failed) return { threadId, answer: null, usage: noUsage, failure: spent };
    const outcome = await take(turn);
    failed = outcome.failure !== null;
    return outcome;
  }

  async function take(turn: TurnRequest): Promise<TurnOutcome> {
    lastError = null;
    try {
      const result = await call(turn);
      threadId = result.structuredContent?.threadId ?? threadId;
      const failure = result.isError === true ? failureIn(result, lastError) : null;
      const answer = failure === null ? textOf(result) : null;
      return { threadId, answer, usage: meter.endTurn(), failure };
    } catch (error) {
      return { threadId, answer: null, usage: meter.endTurn(), failure: failureOf(error) };
    }
  }

  const progress = () => ({ threadId, usage: meter.turnSoFar() });
  return { pid: child.pid, startTime: child.startTime, server, runTurn, progress, end: opened.end };
}

function wireEvent({ threadId, type, payload }: McpEvent): Parameters<WorkerObserver["wire"]>[0] {
  return { threadId, type, payload };
}

/** Natively Codex takes no schema, and the prompt carries it; through the bridge the model's own structured output does. */
function turnInput({ prompt, answerSchema }: TurnRequest, bridged: boolean): Record<string, unknown> {
  if (answerSchema === undefined) return { prompt };
  if (!bridged) return { prompt: promptWithSchema(prompt, answerSchema) };
  return { prompt, "output-schema": strictSchema(answerSchema) };
}

function threadSettings({ request, config, model }: WorkerParts): Record<string, unknown> {
  return {
    cwd: request.directory,
    "approval-policy": "on-request",
    "developer-instructions": request.instructions,
    config,
    ...(model === undefined ? {} : { model }),
  };
}

function isRefused(result: ToolResult): boolean {
  return result._meta?.[failureKey]?.code === "call.refused";
}

/** What the bridge says of a failure; else it was the model's. */
function failureIn(result: ToolResult, reported: string | null): Failure {
  const told = result._meta?.[failureKey];
  if (told === undefined) return modelFailure(reported ?? textOf(result));
  const [message = "", remedy = "look at the run's wire events"] = textOf(result).split("\n→ ");
  const wrong = told.code === "server.refused" ? misconfigured(message) : null;
  return wrong ?? { ...told, message: message.slice(0, 2000), remedy };
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
