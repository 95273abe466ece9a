import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, PortcullisError } from "../core/errors.ts";
import type {
  AgentServer,
  AgentServerDescription,
  AgentWorker,
  WorkerObserver,
  WorkerRequest,
} from "../core/ports/agent-server.ts";
import { configForWorker, holdConfig, type CodexConfig } from "./config-values.ts";
import { launch, type Launched } from "./launch.ts";
import { locateCodex, type LocatedCodex } from "./locate.ts";
import { connectMcp, type McpConnection, type McpListeners } from "./mcp-client.ts";
import { permissionConfig } from "./permissions.ts";
import { serverEnvironment } from "./server-environment.ts";
import { createWorker } from "./worker.ts";

const handshakeTimeoutMs = 15_000;
const defaultApprovalTimeoutMs = 60_000;
/** From the registry's binaries: `mcp-server` came before 0.149.1 and was taken away in 0.154.0. */
const versionsThatServe = "up to 0.153.4";

export interface CodexOptions {
  /** Names a Codex; else it is looked for (locate.ts). */
  path?: string;
  /** Codex's own folder, with its login; default: CODEX_HOME, else `~/.codex`. */
  codexHome?: string;
  model?: string;
  /** Any setting of Codex; a `{worker}` in a text becomes the worker's name. */
  config?: CodexConfig;
  environment: Readonly<Record<string, string | undefined>>;
  approvalTimeoutMs?: number;
}

/** Codex ≤ 0.153.4 by its own `codex mcp-server`, one process for each worker. */
export function createCodexServer(options: CodexOptions): AgentServer {
  const environment = serverEnvironment(options.environment, options.config ?? {}, options.codexHome);
  const codexHome = environment["CODEX_HOME"] ?? join(environment["HOME"] || homedir(), ".codex");
  let described: Promise<AgentServerDescription> | undefined;
  const describe = (): Promise<AgentServerDescription> => {
    described ??= locateAndShakeHands();
    return described;
  };

  async function locateAndShakeHands(): Promise<AgentServerDescription> {
    return handshake(locateCodex(options.path, options.environment), environment);
  }

  return {
    describe,
    async startWorker(request: WorkerRequest, observer: WorkerObserver): Promise<AgentWorker> {
      const server = await describe();
      const { child, connection, listeners } = await start(server.path, environment, {
        approvalTimeoutMs: options.approvalTimeoutMs ?? defaultApprovalTimeoutMs,
        cwd: request.directory,
      });
      const own = configForWorker(options.config ?? {}, request.workerId);
      const config = holdConfig(own, permissionConfig(request, codexHome));
      const model = options.model === undefined ? {} : { model: options.model };
      return createWorker({ server, child, connection, listeners, observer, request, config, ...model });
    },
  };
}

/** Listeners that can be set after the connection stands: the worker's own. */
export interface LateListeners {
  current: McpListeners;
}

async function start(
  path: string,
  env: Readonly<Record<string, string>>,
  options: { approvalTimeoutMs: number; cwd?: string },
): Promise<{ child: Launched; connection: McpConnection; listeners: LateListeners }> {
  const listeners: LateListeners = { current: silent };
  const cwd = options.cwd === undefined ? {} : { cwd: options.cwd };
  const child = await launch(path, ["mcp-server"], { env, ...cwd });
  try {
    const connection = await connectMcp(
      child,
      {
        event: (event) => listeners.current.event(event),
        approve: (request) => listeners.current.approve(request),
      },
      { timeoutMs: handshakeTimeoutMs, approvalTimeoutMs: options.approvalTimeoutMs },
    );
    return { child, connection, listeners };
  } catch (error) {
    await child.end();
    throw error;
  }
}

const silent: McpListeners = {
  event: () => undefined,
  approve: () => Promise.resolve({ decision: "denied", by: "policy", why: "no worker is at work" }),
};

/** Learns by trying, not by the version number, whether it serves. */
async function handshake(
  { path, from }: LocatedCodex,
  env: Readonly<Record<string, string>>,
): Promise<AgentServerDescription> {
  let started: Awaited<ReturnType<typeof start>>;
  try {
    started = await start(path, env, { approvalTimeoutMs: 1 });
  } catch (error) {
    throw await doesNotServe(path, env, error);
  }
  try {
    const tools = await started.connection.toolNames().catch(async (error: unknown) => {
      throw await doesNotServe(path, env, error);
    });
    if (!tools.includes("codex") || !tools.includes("codex-reply")) {
      throw await doesNotServe(path, env, new Error(`it offers the tools ${tools.join(", ") || "(none)"}`));
    }
    const version = started.connection.serverVersion;
    return { name: "codex", version, server: "mcp-server", path, reason: reasons[from] };
  } finally {
    await started.child.end();
  }
}

const reasons: Readonly<Record<LocatedCodex["from"], string>> = {
  option: "named by --codex",
  environment: "named by PORTCULLIS_CODEX",
  bundled: "bundled with Portcullis",
  path: "found on the PATH",
};

async function doesNotServe(
  path: string,
  env: Readonly<Record<string, string>>,
  cause: unknown,
): Promise<PortcullisError> {
  if (cause instanceof PortcullisError && cause.code === "codex.not-started") return cause;
  const version = await versionOf(path, env);
  return new PortcullisError({
    code: "codex.no-mcp",
    kind: "environment",
    message: `'${path}' (${version}) does not serve MCP; Codex ${versionsThatServe} does: ${messageOf(cause)}`,
    remedy: "leave --codex and PORTCULLIS_CODEX out for the bundled one, or name a Codex that serves MCP",
    cause,
  });
}

async function versionOf(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ["--version"], {
      env,
      timeout: 5000,
      killSignal: "SIGKILL",
    });
    return stdout.trim().split("\n", 1)[0]?.slice(0, 80) || "version unknown";
  } catch {
    return "version unknown";
  }
}
