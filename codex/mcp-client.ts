import { setTimeout as delay } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ErrorCode, ListToolsResultSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { ApprovalDecision, ApprovalRequest } from "../core/approval.ts";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { approvalOf, elicitationAnswer } from "./elicitation.ts";
import type { Launched } from "./launch.ts";
import { childTransport } from "./transport.ts";
import { codexEventParams, toolResult, type ToolResult } from "./wire-schemas.ts";

/** Longer than any deadline of ours: the library's own 60 s would end every real turn. */
const noTimeoutMs = 2 ** 31 - 1;
const exitWaitMs = 500;

export interface McpListeners {
  event(event: { threadId: string | null; type: string; payload: unknown }): void;
  approve(request: ApprovalRequest): Promise<ApprovalDecision>;
}

export interface McpConnection {
  /** As the server names itself, e.g. `0.153.4`. */
  serverVersion: string;
  toolNames(): Promise<readonly string[]>;
  /**
   * Errors: `turn.timed-out`, `turn.cancelled` (the server is told), `server.died` (with its last stderr lines), or what the
   * server answers as an error (`server.refused`).
   */
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>>,
    bounds: { timeoutMs: number; signal: AbortSignal },
  ): Promise<ToolResult>;
}

/** Speaks MCP with a launched server. Error: `server.died`, `server.no-answer` after `timeoutMs`. */
export async function connectMcp(
  child: Launched,
  listeners: McpListeners,
  options: { timeoutMs: number; approvalTimeoutMs: number },
): Promise<McpConnection> {
  const client = new Client({ name: "portcullis", version: "0.1.0" }, { capabilities: { elicitation: {} } });
  client.fallbackNotificationHandler = (notification) => {
    listeners.event(readEvent(notification));
    return Promise.resolve();
  };
  // Not `setRequestHandler`: its schema for elicitations drops every field of Codex's own.
  client.fallbackRequestHandler = async (request) => {
    if (request.method !== "elicitation/create") throw new Error(`unsupported request ${request.method}`);
    const decision = await decideInTime(listeners, approvalOf(request.params), options.approvalTimeoutMs);
    return elicitationAnswer(decision);
  };
  let broken: Error | undefined;
  let closed = false;
  client.onclose = () => {
    closed = true;
  };
  client.onerror = (error) => {
    if (error instanceof PortcullisError) broken = error;
  };
  const unreadable = (line: string): void =>
    listeners.event({ threadId: null, type: "unreadable", payload: line.slice(0, 4096) });
  try {
    await client.connect(childTransport(child, unreadable), { timeout: options.timeoutMs });
  } catch (error) {
    throw await connectionError(error, child, options.timeoutMs);
  }
  return {
    serverVersion: client.getServerVersion()?.version ?? "unknown",
    async toolNames() {
      const { tools } = await client.request({ method: "tools/list" }, ListToolsResultSchema, {
        timeout: options.timeoutMs,
      });
      return tools.map(({ name }) => name);
    },
    callTool: (name, args, bounds) =>
      bounded(bounds, async (signal) => {
        try {
          const params = { name, arguments: args };
          return await client.request({ method: "tools/call", params }, toolResult, {
            signal,
            timeout: noTimeoutMs,
          });
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          throw broken ?? (await callError(error, child, closed));
        }
      }),
  };
}

function readEvent(notification: { method: string; params?: unknown }) {
  const parsed = codexEventParams.safeParse(notification.params);
  if (notification.method !== "codex/event" || !parsed.success) {
    return { threadId: null, type: notification.method, payload: notification.params };
  }
  const { _meta, msg } = parsed.data;
  return { threadId: _meta?.threadId ?? null, type: msg.type, payload: msg };
}

/** Our own deadline and the caller's signal become one abort, whose reason is the error. */
async function bounded<T>(
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = (): void => controller.abort(turnError("turn.cancelled", "the turn was cancelled"));
  const expire = (): void =>
    controller.abort(turnError("turn.timed-out", `the turn took more than ${timeoutMs} ms`));
  const timer = setTimeout(expire, timeoutMs);
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}

/** No decision in time, or none at all, is a refusal: Codex would wait for ever. */
async function decideInTime(
  listeners: McpListeners,
  request: ApprovalRequest,
  timeoutMs: number,
): Promise<ApprovalDecision> {
  const { promise: late, resolve } = Promise.withResolvers<ApprovalDecision>();
  const why = `nobody decided within ${timeoutMs} ms`;
  const timer = setTimeout(() => resolve({ decision: "denied", by: "deadline", why }), timeoutMs);
  try {
    return await Promise.race([listeners.approve(request), late]);
  } catch (error) {
    return { decision: "denied", by: "policy", why: `the decision failed: ${messageOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

async function connectionError(error: unknown, child: Launched, timeoutMs: number): Promise<PortcullisError> {
  const code = error instanceof McpError ? error.code : null;
  const gone = code === ErrorCode.ConnectionClosed || isBrokenPipe(error);
  const how = gone ? await howItEnded(child) : null;
  if (how !== null) return died(how, child);
  const timedOut = code === ErrorCode.RequestTimeout;
  const found = timedOut
    ? `gave none within ${timeoutMs} ms`
    : `gave none that can be used: ${messageOf(error)}`;
  return new PortcullisError({
    code: "server.no-answer",
    kind: "environment",
    message: `expected an answer to 'initialize'; the server ${found}`,
    remedy: "check that it is a Codex that serves MCP; try it by hand",
    retryable: true,
    cause: error,
  });
}

async function callError(error: unknown, child: Launched, closed: boolean): Promise<PortcullisError> {
  if (closed || isBrokenPipe(error))
    return died((await howItEnded(child)) ?? "it closed the connection", child);
  return new PortcullisError({
    code: "server.refused",
    kind: "undecided",
    message: `the server answered with an error: ${messageOf(error)}`,
    remedy: "look at the run's wire events",
    cause: error,
  });
}

/** Not by the text: a server that lives may well say that a stream was closed. */
function isBrokenPipe(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && /^(?:EPIPE|ECONNRESET|ERR_STREAM_)/.test(String(error.code))
  );
}

/** How it ended; null where it has closed a pipe and lives on. */
function howItEnded(child: Launched): Promise<string | null> {
  return Promise.race([child.exited, delay(exitWaitMs, null, { ref: false })]);
}

function died(how: string, child: Launched): PortcullisError {
  const tail = child.stderrTail();
  return new PortcullisError({
    code: "server.died",
    kind: "undecided",
    message: `the server ended (${how})${tail === "" ? "" : `; it last said: ${tail.split("\n").slice(-3).join(" | ")}`}`,
    remedy: "nothing: another attempt is made within the limits",
    retryable: true,
  });
}

function turnError(code: string, message: string): PortcullisError {
  const remedy = "raise turnTimeoutMs of the pipeline, or cut the task into smaller ones";
  return new PortcullisError({ code, kind: "undecided", message, remedy, retryable: true });
}
