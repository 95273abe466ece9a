import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { scratchDirectory } from "./scratch.ts";

const vendor = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex";
const modules = join(import.meta.dirname, "..", "..", "node_modules");

/** The last Codex that serves MCP itself. */
export const nativeCodex = join(modules, "codex-0.153.4", "node_modules", vendor);
/** The one that Portcullis brings. */
export const currentCodex = join(modules, vendor);

interface Message {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

export interface TurnResult {
  text: string;
  threadId: string;
  failed: boolean;
}

export interface RawMcpOptions {
  config: Readonly<Record<string, unknown>>;
  model: string;
  decision?: "approved" | "denied";
}

export interface RawMcp {
  /** The tool `codex` on a fresh thread. */
  start(prompt: string, more?: Readonly<Record<string, unknown>>): Promise<TurnResult>;
  /** The tool `codex-reply`. After a turn that failed it gives the answer that belongs to the call before it. */
  reply(threadId: string, prompt: string): Promise<TurnResult>;
  /**
   * Takes back the last call: gives once the turn is aborted. Its call never settles, or, where the thread has another turn, may
   * get the answer of that, which then has none: go on with a fresh thread.
   */
  cancel(): Promise<void>;
  /** Messages of `codex/event`, in order. */
  events: Record<string, unknown>[];
  /** Parameters of `elicitation/create`, in order. */
  elicitations: Record<string, unknown>[];
  workTree: string;
  end(): Promise<void>;
}

/**
 * A real `codex mcp-server`, spoken to by hand over stdio, in folders of its own and with no key in its environment.
 * `decision` answers every elicitation.
 */
export async function startRawMcp(options: RawMcpOptions): Promise<RawMcp> {
  const workTree = scratchDirectory("work-tree");
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: scratchDirectory("home"), CODEX_HOME: scratchDirectory("codex-home") };
  const child = spawn(nativeCodex, ["mcp-server"], {
    env,
    cwd: workTree,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const waiting = new Map<number, (message: Message) => void>();
  const events: Record<string, unknown>[] = [];
  const elicitations: Record<string, unknown>[] = [];
  let lastId = 0;
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const request = (method: string, params: unknown): Promise<Message> => {
    lastId += 1;
    const id = lastId;
    send({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  const take = (message: Message): void => {
    if (message.method === "codex/event") {
      events.push(message.params?.["msg"] as Record<string, unknown>);
    } else if (message.method === "elicitation/create") {
      elicitations.push(message.params ?? {});
      const decision = options.decision ?? "denied";
      const action = decision === "approved" ? "accept" : "decline";
      send({ jsonrpc: "2.0", id: message.id, result: { action, content: {}, decision } });
    } else if (message.method === undefined && typeof message.id === "number") {
      waiting.get(message.id)?.(message);
    }
  };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(JSON.parse(line) as Message);
  });
  const aborted = (): number => events.filter(({ type }) => type === "turn_aborted").length;
  const cancel = async (): Promise<void> => {
    const before = aborted();
    send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: lastId } });
    while (aborted() === before) await delay(5);
  };
  const call = async (name: string, args: unknown): Promise<TurnResult> => {
    const { result, error } = await request("tools/call", { name, arguments: args });
    if (result === undefined) throw new Error(error?.message ?? "no result");
    const { threadId, content } = result["structuredContent"] as { threadId: string; content: string };
    return { text: content, threadId, failed: result["isError"] === true };
  };
  await request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: { elicitation: {} },
    clientInfo: { name: "portcullis-test", version: "1" },
  });
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
  const config = { ...options.config, features: { shell_snapshot: false } };
  const base = { model: options.model, cwd: workTree, sandbox: "workspace-write", config };
  return {
    start: (prompt, more) => call("codex", { prompt, ...base, "approval-policy": "on-request", ...more }),
    reply: (threadId, prompt) => call("codex-reply", { threadId, prompt }),
    cancel,
    events,
    elicitations,
    workTree,
    end: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await closed;
    },
  };
}
