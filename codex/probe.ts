import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf, PortcullisError } from "../core/errors.ts";
import type { AgentServerDescription } from "../core/ports/agent-server.ts";
import { connectAppServer } from "./bridge/app-server.ts";
import { launch } from "./launch.ts";
import type { LocatedCodex } from "./locate.ts";
import { connectMcp, type McpListeners } from "./mcp-client.ts";

const handshakeTimeoutMs = 15_000;
const versionTimeoutMs = 5000;

/** How a Codex is spoken to: its own MCP server, or the bridge over its app-server. */
export type ServerKind = "mcp-server" | "app-server";

/** From the registry's binaries: the last that serves MCP by itself (docs/codex-wire.md). */
const lastNative = [0, 153, 4] as const;

/**
 * Learns by trying, each try bounded, what a Codex serves; the version only says what to try first, unless one is `preferred`. Error: `codex.no-server`
 * with the version found.
 */
export async function probeCodex(
  { path, from }: LocatedCodex,
  env: Readonly<Record<string, string>>,
  preferred?: ServerKind,
): Promise<AgentServerDescription & { server: ServerKind }> {
  const hint = await versionOf(path, env);
  const failures: string[] = [];
  const first = preferred ?? (isLaterThanNative(hint) ? "app-server" : "mcp-server");
  for (const server of orders[first]) {
    try {
      const version = await handshakes[server](path, env);
      return { name: "codex", version, server, path, reason: `${reasons[from]}; ${because[server]}` };
    } catch (error) {
      if (error instanceof PortcullisError && error.code === "codex.not-started") throw error;
      failures.push(`${server}: ${messageOf(error)}`);
    }
  }
  throw servesNothing(path, hint, failures);
}

const orders: Readonly<Record<ServerKind, readonly ServerKind[]>> = {
  "mcp-server": ["mcp-server", "app-server"],
  "app-server": ["app-server", "mcp-server"],
};

const because: Readonly<Record<ServerKind, string>> = {
  "mcp-server": "it serves MCP by itself",
  "app-server": "its app-server is bridged to MCP",
};

const reasons: Readonly<Record<LocatedCodex["from"], string>> = {
  option: "named by --codex",
  environment: "named by PORTCULLIS_CODEX",
  bundled: "bundled with Portcullis",
  path: "found on the PATH",
};

type Handshake = (path: string, env: Readonly<Record<string, string>>) => Promise<string>;

/** Each gives the server's version, or rejects with why it is no such server; what it started has ended by then. */
const handshakes: Readonly<Record<ServerKind, Handshake>> = {
  async "mcp-server"(path, env) {
    const child = await launch(path, ["mcp-server"], { env });
    try {
      const options = { timeoutMs: handshakeTimeoutMs, approvalTimeoutMs: 1 };
      const connection = await connectMcp(child, silent, options);
      const tools = await connection.toolNames();
      if (tools.includes("codex") && tools.includes("codex-reply")) return connection.serverVersion;
      throw new Error(`it offers the tools ${tools.join(", ") || "(none)"}`);
    } finally {
      await child.end();
    }
  },
  async "app-server"(path, env) {
    const child = await launch(path, ["app-server"], { env });
    try {
      const client = { name: "portcullis", title: null, version: "0.1.0" };
      const options = { client, timeoutMs: handshakeTimeoutMs };
      return (await connectAppServer(child, ignoring, options)).version;
    } finally {
      await child.end();
    }
  },
};

const silent: McpListeners = {
  event: () => undefined,
  approve: () => Promise.resolve({ decision: "denied", by: "policy", why: "no worker is at work" }),
};

const ignoring = {
  notification: () => undefined,
  request: () => Promise.reject(new Error("no thread is at work")),
  unreadable: () => undefined,
};

/** What the binary says of itself, e.g. `codex-cli 0.169.0`; `version unknown` where it says nothing in time. */
async function versionOf(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  try {
    const limits = { timeout: versionTimeoutMs, killSignal: "SIGKILL" } as const;
    const running = promisify(execFile)(path, ["--version"], { env, ...limits });
    // A wrapper may read to the end of stdin before it says anything.
    running.child.stdin?.end();
    const { stdout } = await running;
    return stdout.trim().split("\n", 1)[0]?.slice(0, 80) || "version unknown";
  } catch {
    return "version unknown";
  }
}

function isLaterThanNative(version: string): boolean {
  const parts = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return true;
  const differs = parts.findIndex((part, index) => part !== lastNative[index]);
  return differs !== -1 && (parts[differs] ?? 0) > (lastNative[differs] ?? 0);
}

function servesNothing(path: string, version: string, failures: readonly string[]): PortcullisError {
  const tried = failures.join("; ").replaceAll("\n", " ").slice(0, 800);
  return new PortcullisError({
    code: "codex.no-server",
    kind: "environment",
    message: `'${path}' (${version}) serves neither MCP (Codex up to 0.153.4) nor an app-server (later ones): ${tried}`,
    remedy: "leave --codex and PORTCULLIS_CODEX out for the bundled Codex, or name another one",
  });
}
