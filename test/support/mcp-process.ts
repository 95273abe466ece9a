import { spawn } from "node:child_process";
import { join } from "node:path";
import { createRawClient, type Message, type RawClient } from "./raw-client.ts";
import { scratchDirectory } from "./scratch.ts";

const root = join(import.meta.dirname, "..", "..");
const vendor = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex";

/** The last Codex that serves MCP itself. */
export const nativeCodex = join(root, "node_modules", "codex-0.153.4", "node_modules", vendor);
/** The one that comes with Portcullis. */
export const currentCodex = join(root, "node_modules", vendor);
export const portcullisBin = join(root, "bin", "portcullis.mjs");

/** How an MCP server is started, as a host's configuration says it. */
export interface McpCommand {
  program: string;
  args: readonly string[];
}

export const nativeServer: McpCommand = { program: nativeCodex, args: ["mcp-server"] };
/** `portcullis mcp-server` over this Codex; default: the bundled one. */
export const bridgeServer = (codex?: string): McpCommand => ({
  program: process.execPath,
  args: [portcullisBin, "mcp-server", ...(codex === undefined ? [] : ["--codex", codex])],
});

export interface McpProcess extends RawClient {
  pid: number;
  workTree: string;
  codexHome: string;
  stderr(): string;
  /** Its exit code, or the signal that ended it. */
  exited: Promise<number | string | null>;
  /** To its stdin, as it is. */
  write(text: string): void;
  closeStdin(): void;
  end(): Promise<void>;
}

export interface McpProcessOptions {
  workTree?: string;
  codexHome?: string;
  env?: Readonly<Record<string, string>>;
}

/** An MCP server on stdio, in folders of its own and with no key in its environment; `initialize` is not yet said. */
export function startMcpProcess({ program, args }: McpCommand, options: McpProcessOptions = {}): McpProcess {
  const workTree = options.workTree ?? scratchDirectory("work-tree");
  const codexHome = options.codexHome ?? scratchDirectory("codex-home");
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: scratchDirectory("home"), CODEX_HOME: codexHome, ...options.env };
  const child = spawn(program, args, { env, cwd: workTree, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined);
  const client = createRawClient((message) => void child.stdin.write(`${JSON.stringify(message)}\n`));
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) client.receive(JSON.parse(line) as Message);
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const exited = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code)),
  );
  return {
    ...client,
    pid: child.pid ?? -1,
    workTree,
    codexHome,
    stderr: () => stderr,
    exited,
    write: (text) => void child.stdin.write(text),
    closeStdin: () => child.stdin.end(),
    end: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        process.kill(-child.pid, "SIGTERM");
      }
      await exited;
    },
  };
}
