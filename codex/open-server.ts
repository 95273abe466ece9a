import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { connectAppServer } from "./bridge/app-server.ts";
import { createBridge } from "./bridge/create-bridge.ts";
import { clientInfo, handshakeTimeoutMs, silentListeners } from "./handshake.ts";
import { launch, type Launched } from "./launch.ts";
import { connectMcp, connectOver, type McpConnection, type McpListeners } from "./mcp-client.ts";
import type { ServerKind } from "./probe.ts";

/** The client's own deadline comes first; this one is for a client that hangs. */
const bridgeApprovalFactor = 2;

export interface OpenRequest {
  path: string;
  server: ServerKind;
  version: string;
  env: Readonly<Record<string, string>>;
  cwd: string;
  approvalTimeoutMs: number;
}

/** A server of one worker, whichever kind it is: the rest does not know which. */
export interface OpenServer {
  connection: McpConnection;
  /** The Codex itself; the bridge has no process. */
  child: Launched;
  /** Listeners that can be set after the connection stands: the worker's own. */
  listeners: { current: McpListeners };
  /** Ends the server and all that descends from it. Idempotent. */
  end(): Promise<"ended" | "killed">;
}

/** Starts a Codex and speaks MCP with it: its own server, or the bridge within this process. Errors as `connectMcp`. */
export async function openServer(request: OpenRequest): Promise<OpenServer> {
  const { path, server, env, cwd } = request;
  const listeners = { current: silentListeners };
  const late: McpListeners = {
    event: (event) => listeners.current.event(event),
    approve: (asked) => listeners.current.approve(asked),
  };
  const child = await launch(path, [server], { env, cwd });
  const options = { timeoutMs: handshakeTimeoutMs, approvalTimeoutMs: request.approvalTimeoutMs };
  try {
    const connection =
      server === "mcp-server"
        ? await connectMcp(child, late, options)
        : await connectBridge(child, late, request, options);
    return { connection, child, listeners, end: () => child.end() };
  } catch (error) {
    await child.end();
    throw error;
  }
}

/** The bridge in this process, over the SDK's in-memory transport: a worker costs one child, the Codex itself. */
async function connectBridge(
  child: Launched,
  listeners: McpListeners,
  { version, approvalTimeoutMs }: OpenRequest,
  options: { timeoutMs: number; approvalTimeoutMs: number },
): Promise<McpConnection> {
  const bridge = createBridge({
    version,
    approvalTimeoutMs: bridgeApprovalFactor * approvalTimeoutMs,
    // A worker's server is not started anew: its death ends the attempt.
    startServer: (own) => connectAppServer(child, own, { client: clientInfo, timeoutMs: handshakeTimeoutMs }),
  });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  // As with a native server: what is handed out has shaken hands.
  await Promise.all([bridge.start(), bridge.connect(theirs)]);
  return connectOver(ours, child, listeners, options);
}
