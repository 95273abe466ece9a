import { homedir } from "node:os";
import { join } from "node:path";
import type {
  AgentServer,
  AgentServerDescription,
  AgentWorker,
  WorkerObserver,
  WorkerRequest,
} from "../core/ports/agent-server.ts";
import { configForWorker, holdConfig, type CodexConfig } from "./config-values.ts";
import { locateCodex } from "./locate.ts";
import { requireLogin } from "./login.ts";
import { openServer } from "./open-server.ts";
import { permissionConfig } from "./permissions.ts";
import { probeCodex, type ServerKind } from "./probe.ts";
import { serverEnvironment } from "./server-environment.ts";
import { createWorker } from "./worker.ts";

const defaultApprovalTimeoutMs = 60_000;

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

/** Any Codex: by its own `codex mcp-server` where it has one, else by the bridge; one process for each worker. */
export function createCodexServer(options: CodexOptions): AgentServer {
  const environment = serverEnvironment(options.environment, options.config ?? {}, options.codexHome);
  const codexHome = environment["CODEX_HOME"] ?? join(environment["HOME"] || homedir(), ".codex");
  let described: Promise<AgentServerDescription & { server: ServerKind }> | undefined;
  const describe = () => (described ??= locateAndProbe());

  async function locateAndProbe() {
    return probeCodex(locateCodex(options.path, options.environment), environment);
  }

  return {
    describe,
    async requireLogin() {
      const { path } = await describe();
      await requireLogin({ path, env: environment, codexHome, config: options.config ?? {} });
    },
    async startWorker(request: WorkerRequest, observer: WorkerObserver): Promise<AgentWorker> {
      const server = await describe();
      const opened = await openServer({
        ...server,
        env: environment,
        cwd: request.directory,
        approvalTimeoutMs: options.approvalTimeoutMs ?? defaultApprovalTimeoutMs,
      });
      const own = configForWorker(options.config ?? {}, request.workerId);
      const config = holdConfig(own, permissionConfig(request, codexHome));
      const model = options.model === undefined ? {} : { model: options.model };
      return createWorker({ server, opened, observer, request, config, ...model });
    },
  };
}
