import { spawn } from "node:child_process";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import { ownMark } from "../../core/families.ts";
import { handshakeTimeoutMs } from "../handshake.ts";
import { launch } from "../launch.ts";
import { locateCodex } from "../locate.ts";
import { probeCodex } from "../probe.ts";
import { connectAppServer } from "./app-server.ts";
import { createBridge, type BridgeOptions } from "./create-bridge.ts";

const forcedExitMs = 8000;

export interface ServeOptions {
  /** Names a Codex; else it is looked for (locate.ts). */
  path?: string;
  /** The server gets all of it, as `codex mcp-server` did. */
  environment: NodeJS.ProcessEnv;
  approvalTimeoutMs: number;
  /** What is going on, a line each; never stdout. */
  log(line: string): void;
}

/**
 * Serves MCP on this process's stdin and stdout until the client closes stdin or a signal comes; resolves with the exit code,
 * when nothing of it runs any more. A Codex that cannot be found or started is told to the client with every call, so that
 * it sees more than a closed connection.
 */
export async function serveStdio(options: ServeOptions): Promise<number> {
  const codex = await findCodex(options);
  if (codex.kind === "mcp-server") return passOn(codex.path, options);
  const bridge = createBridge({
    ...codex,
    approvalTimeoutMs: options.approvalTimeoutMs,
    onUnreadable: (line) => options.log(`Codex said what is no message: ${line.slice(0, 200)}`),
  });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, () => stop());
  process.stdin.once("end", () => stop());
  process.stdin.once("close", () => stop());
  // A client that reads no more is gone.
  process.stdout.once("error", () => stop());
  await bridge.connect(new StdioServerTransport());
  await stopped;
  setTimeout(() => process.exit(1), forcedExitMs).unref();
  await bridge.close();
  return 0;
}

type Found =
  | { kind: "mcp-server"; path: string }
  | ({ kind: "app-server" } & Pick<BridgeOptions, "startServer" | "version">);

async function findCodex({ path, environment, log }: ServeOptions): Promise<Found> {
  const env = variablesOf(environment);
  try {
    const located = locateCodex(path, environment);
    const probed = await probeCodex(located, env, { preferred: "app-server" });
    log(`Codex ${probed.version} (${probed.server}, ${probed.reason}): ${probed.path}`);
    if (probed.server === "mcp-server") return { kind: "mcp-server", path: probed.path };
    const client = { name: "portcullis-mcp-server", title: null, version: probed.version };
    return {
      kind: "app-server",
      version: probed.version,
      async startServer(listeners) {
        const child = await launch(probed.path, ["app-server"], { env });
        try {
          return await connectAppServer(child, listeners, { client, timeoutMs: handshakeTimeoutMs });
        } catch (error) {
          await child.end();
          throw error;
        }
      },
    };
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    log(`${messageOf(error)}\n  → ${error.remedy}`);
    return { kind: "app-server", version: "unknown", startServer: () => Promise.reject(error) };
  }
}

/** A Codex that has no app-server yet: its own MCP server, untouched. */
function passOn(path: string, { environment }: ServeOptions): Promise<number> {
  const child = spawn(path, ["mcp-server"], { env: { ...environment, ...ownMark }, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(1));
  });
}

function variablesOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
