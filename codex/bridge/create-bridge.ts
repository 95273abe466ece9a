import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { AppServer } from "./app-server.ts";
import { askClient } from "./ask-client.ts";
import { createCall, rawNotifications, type ToolExtra } from "./call.ts";
import { callTool } from "./call-tool.ts";
import type { RpcListeners } from "./json-rpc.ts";
import { turnBounds, type TurnBounds } from "./run-turn.ts";
import { decidable, standingAnswer } from "./server-requests.ts";
import type { BridgeThread } from "./thread.ts";
import { createThreads, type BridgeThreads } from "./threads.ts";
import { tools } from "./tools.ts";

export interface BridgeOptions {
  /** Starts a `codex app-server`; called for the first call, and again after one has died. */
  startServer(listeners: RpcListeners): Promise<AppServer>;
  /** Codex's version, as the server names itself. */
  version: string;
  /** No decision of the client within this time is a refusal. */
  approvalTimeoutMs: number;
  bounds?: Partial<TurnBounds>;
  /** How often progress is told at least, where the client gave a token. Default: 10 s. */
  heartbeatMs?: number;
  /** Lines of the server that are no message. */
  onUnreadable?: (line: string) => void;
}

const defaultHeartbeatMs = 10_000;

export interface Bridge {
  /** Starts the server ahead of the first call. Errors: those of `startServer`. */
  start(): Promise<void>;
  connect(transport: Transport): Promise<void>;
  /** Ends the server with all that descends from it, then the connection. Idempotent. */
  close(): Promise<void>;
}

/** What calls share. */
export interface BridgeCore {
  threads: BridgeThreads;
  bounds: TurnBounds;
  /** The running server; one is started where there is none. */
  server(): Promise<AppServer>;
}

/** An MCP server with the tools of `codex mcp-server`, on top of `codex app-server`. One bridge serves one client. */
export function createBridge(options: BridgeOptions): Bridge {
  const info = { name: "codex-mcp-server", title: "Codex", version: options.version };
  const mcp = new Server(info, { capabilities: { tools: { listChanged: true } } });
  const { heartbeatMs = defaultHeartbeatMs } = options;
  const threads = createThreads();
  let running: Promise<AppServer> | null = null;
  let closed = false;

  const listeners = listenersOf(mcp, threads, options);

  const core: BridgeCore = {
    threads,
    bounds: { ...turnBounds, ...options.bounds },
    server() {
      if (closed) return Promise.reject(new Error("the bridge is closed"));
      running ??= start();
      return running;
    },
  };

  function start(): Promise<AppServer> {
    const starting = options.startServer(listeners);
    const again = (): void => {
      if (running === starting) running = null;
    };
    void starting.then(({ died }) => died).then(again, again);
    return starting;
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    const server = await running?.catch(() => null);
    await server?.child.end();
    await mcp.close();
  }

  mcp.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools] }));
  mcp.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const wantsRaw = mcp.getClientCapabilities()?.experimental?.[rawNotifications] !== undefined;
    // Not the SDK's own of the call: it falls silent once the call is cancelled, and the turn's end comes after.
    const notify = (method: string, about: unknown): Promise<void> =>
      mcp.notification({ method, params: about } as Notified, { relatedRequestId: extra.requestId });
    const call = createCall(extra as ToolExtra, { wantsRaw, heartbeatMs, notify });
    try {
      return await callTool(core, params.name, params.arguments, call);
    } finally {
      call.end();
    }
  });
  mcp.onerror = () => undefined;
  mcp.onclose = () => void close();
  return {
    start: () => core.server().then(() => undefined),
    connect: (transport) => mcp.connect(transport),
    close,
  };
}

/** What the server says, to the calls that its threads work for. */
function listenersOf(mcp: Server, threads: BridgeThreads, options: BridgeOptions): RpcListeners {
  return {
    notification(method, params) {
      const threadId = threadOf(params);
      // What names no thread (rate limits, warnings) is about all of them.
      if (threadId === null) for (const thread of threads.all()) tell(thread, method, params);
      const thread = threads.find(threadId ?? "");
      if (thread === undefined) return;
      tell(thread, method, params);
      thread.watch?.(method, params);
    },
    async request(method, params) {
      const kind = Object.hasOwn(decidable, method) ? decidable[method] : undefined;
      const thread = threads.find(threadOf(params) ?? "");
      if (kind === undefined) return standingAnswer(method);
      if (thread === undefined || thread.call === null) return kind.answer(refusedReply, params);
      const question = kind.ask(params, thread.translator);
      const reply = await askClient(mcp, thread, question, options.approvalTimeoutMs);
      const approved = reply.decision === "approved" || reply.decision === "approved_for_session";
      for (const event of thread.translator.decided(question.callId, approved)) thread.call?.event(event);
      return kind.answer(reply, params);
    },
    unreadable: (line) => options.onUnreadable?.(line),
  };
}

function tell(thread: BridgeThread, method: string, params: unknown): void {
  for (const event of thread.translator.take(method, params)) thread.call?.event(event);
  thread.call?.raw(method, params);
}

type Notified = Parameters<Server["notification"]>[0];

const refusedReply = { decision: "denied", content: {} } as const;

function threadOf(params: unknown): string | null {
  if (typeof params !== "object" || params === null || !("threadId" in params)) return null;
  return typeof params.threadId === "string" ? params.threadId : null;
}
