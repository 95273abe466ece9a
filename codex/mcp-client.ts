import { setTimeout as delay } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ErrorCode, ListToolsResultSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { ApprovalDecision, ApprovalRequest } from "../core/approval.ts";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { approvalOf, elicitationAnswer } from "./elicitation.ts";
import { rawNotifications } from "./bridge/call.ts";
import { clientInfo } from "./handshake.ts";
import type { Launched } from "./launch.ts";
import { serverDied } from "./server-died.ts";
import { childTransport } from "./transport.ts";
import { codexEventParams, rawEventParams, toolResult, type ToolResult } from "./wire-schemas.ts";

/** Longer than any deadline of ours: the library's own 60 s would end every real turn. */
const noTimeoutMs = 2 ** 31 - 1;
const exitWaitMs = 500;

/** What came beside the answers. `raw`: not a `codex/event`, as the app-server's own notifications, which an event may tell again. */
export interface McpEvent {
  threadId: string | null;
  type: string;
  payload: unknown;
  raw: boolean;
}

export interface McpListeners {
  event(event: McpEvent): void;
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
  callTool(name: string, args: Readonly<Record<string, unknown>>, bounds: CallBounds): Promise<ToolResult>;
}

export interface CallBounds {
  timeoutMs: number;
  signal: AbortSignal;
  /** W3C trace context of the caller. */
  traceparent?: string | undefined;
}

export interface ConnectOptions {
  timeoutMs: number;
  approvalTimeoutMs: number;
}

/** Speaks MCP with a launched server. Error: `server.died`, `server.no-answer` after `timeoutMs`. */
export function connectMcp(
  child: Launched,
  listeners: McpListeners,
  options: ConnectOptions,
): Promise<McpConnection> {
  const unreadable = (line: string): void =>
    listeners.event({ threadId: null, type: "unreadable", payload: line.slice(0, 4096), raw: true });
  return connectOver(childTransport(child, unreadable), child, listeners, options);
}

/** The same over any transport; `child` is the process behind it, whose end explains a closed connection. */
export async function connectOver(
  transport: Transport,
  child: Launched,
  listeners: McpListeners,
  options: ConnectOptions,
): Promise<McpConnection> {
  const capabilities = { elicitation: {}, experimental: { [rawNotifications]: {} } };
  const client = new Client({ name: clientInfo.name, version: clientInfo.version }, { capabilities });
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
  try {
    await client.connect(transport, { timeout: options.timeoutMs });
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
          const { traceparent } = bounds;
          const meta = traceparent === undefined ? {} : { _meta: { traceparent } };
          const params = { name, arguments: args, ...meta };
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

function readEvent({ method, params }: { method: string; params?: unknown }): McpEvent {
  const event = codexEventParams.safeParse(params);
  if (method === "codex/event" && event.success) {
    const { _meta, msg } = event.data;
    return { threadId: _meta?.threadId ?? null, type: msg.type, payload: msg, raw: false };
  }
  const own = rawEventParams.safeParse(params);
  if (method === rawNotifications && own.success) {
    return { threadId: own.data._meta.threadId, type: own.data.method, payload: own.data.params, raw: true };
  }
  return { threadId: null, type: method, payload: params, raw: true };
}

/** Our own deadline and the caller's signal become one abort, whose reason is the error. */
async function bounded<T>(
  { timeoutMs, signal }: CallBounds,
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
  if (how !== null) return serverDied(how, child.stderrTail());
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
    return serverDied((await howItEnded(child)) ?? "it closed the connection", child.stderrTail());
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

function turnError(code: string, message: string): PortcullisError {
  const remedy = "raise turnTimeoutMs of the pipeline, or cut the task into smaller ones";
  return new PortcullisError({ code, kind: "undecided", message, remedy, retryable: true });
}
