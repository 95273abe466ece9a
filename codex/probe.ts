import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { messageOf, PortcullisError } from "../core/errors.ts";
import type { AgentServerDescription } from "../core/ports/agent-server.ts";
import { connectAppServer } from "./bridge/app-server.ts";
import { clientInfo, handshakeTimeoutMs, silentListeners } from "./handshake.ts";
import { launch } from "./launch.ts";
import type { LocatedCodex } from "./locate.ts";
import { connectMcp } from "./mcp-client.ts";

const versionTimeoutMs = 5000;
const maxVersionLength = 4096;
const versionShape = /(\d+)\.(\d+)\.(\d+)/;

/** How a Codex is spoken to: its own MCP server, or the bridge over its app-server. */
export type ServerKind = "mcp-server" | "app-server";

/** From the registry's binaries: the last that serves MCP by itself (docs/codex-wire.md). */
const lastNative = [0, 153, 4] as const;

/**
 * Learns by trying, each try bounded by `timeoutMs`, what a Codex serves; the version only says what to try first, unless one is
 * `preferred`. Error: `codex.no-server`
 * with the version found.
 */
export async function probeCodex(
  { path, from }: LocatedCodex,
  env: Readonly<Record<string, string>>,
  options: { preferred?: ServerKind; timeoutMs?: number } = {},
): Promise<AgentServerDescription & { server: ServerKind }> {
  const { preferred, timeoutMs = handshakeTimeoutMs } = options;
  const hint = await versionOf(path, env, Math.min(versionTimeoutMs, timeoutMs));
  const failures: string[] = [];
  const first = preferred ?? (isLaterThanNative(hint) ? "app-server" : "mcp-server");
  for (const server of orders[first]) {
    try {
      const version = await handshakes[server](path, env, timeoutMs);
      return { name: "codex", version, server, path, reason: `${reasons[from]}; ${because[server]}` };
    } catch (error) {
      if (error instanceof PortcullisError && error.code === "codex.not-started") throw error;
      const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      failures.push(`${server}: ${found}`);
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

type Handshake = (path: string, env: Readonly<Record<string, string>>, timeoutMs: number) => Promise<string>;

/** Each gives the server's version, or rejects with why it is no such server; what it started has ended by then. */
const handshakes: Readonly<Record<ServerKind, Handshake>> = {
  async "mcp-server"(path, env, timeoutMs) {
    const child = await launch(path, ["mcp-server"], { env });
    try {
      const options = { timeoutMs, approvalTimeoutMs: 1 };
      const connection = await connectMcp(child, silentListeners, options);
      const tools = await connection.toolNames();
      if (tools.includes("codex") && tools.includes("codex-reply")) return connection.serverVersion;
      throw new Error(`it offers the tools ${tools.join(", ") || "(none)"}`);
    } finally {
      await child.end();
    }
  },
  async "app-server"(path, env, timeoutMs) {
    const child = await launch(path, ["app-server"], { env });
    try {
      const options = { client: clientInfo, timeoutMs };
      return (await connectAppServer(child, ignoring, options)).version;
    } finally {
      await child.end();
    }
  },
};

const ignoring = {
  notification: () => undefined,
  request: () => Promise.reject(new Error("no thread is at work")),
  unreadable: () => undefined,
};

/** What the binary says of itself, e.g. `codex-cli 0.169.0`; `version unknown` where it says nothing in time. Errors: as `launch`. */
async function versionOf(
  path: string,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string> {
  const child = await launch(path, ["--version"], { env });
  try {
    child.stdin.end();
    const said = await Promise.race([beginningOf(child.stdout), delay(timeoutMs, "", { ref: false })]);
    const lines = said.split("\n").map((line) => line.trim().slice(0, 80));
    return lines.find((line) => versionShape.test(line)) ?? (lines[0] || "version unknown");
  } finally {
    await child.end();
  }
}

async function beginningOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > maxVersionLength) break;
  }
  return text;
}

function isLaterThanNative(version: string): boolean {
  const parts = versionShape.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return true;
  const differs = parts.findIndex((part, index) => part !== lastNative[index]);
  return differs !== -1 && (parts[differs] ?? 0) > (lastNative[differs] ?? 0);
}

function servesNothing(path: string, version: string, failures: readonly string[]): PortcullisError {
  const tried = failures.join("; ").replaceAll(/\s+/g, " ").slice(0, 800);
  return new PortcullisError({
    code: "codex.no-server",
    kind: "environment",
    message: `'${path}' (${version}) serves neither MCP (Codex up to 0.153.4) nor an app-server (later ones): ${tried}`,
    remedy: "leave --codex and PORTCULLIS_CODEX out for the bundled Codex, or name another one",
  });
}
