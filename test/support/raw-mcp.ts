import { setTimeout as delay } from "node:timers/promises";
import { decide } from "./raw-client.ts";
import { nativeServer, startMcpProcess, type McpCommand } from "./mcp-process.ts";

export { currentCodex, nativeCodex } from "./mcp-process.ts";

export interface TurnResult {
  text: string;
  threadId: string;
  failed: boolean;
}

export interface RawMcpOptions {
  config: Readonly<Record<string, unknown>>;
  model: string;
  decision?: "approved" | "denied";
  /** Default: `codex mcp-server` of the last Codex that has it. */
  server?: McpCommand;
}

export interface RawMcp {
  /** The tool `codex` on a fresh thread. */
  start(prompt: string, more?: Readonly<Record<string, unknown>>): Promise<TurnResult>;
  /** The tool `codex-reply`. After a turn that failed the native server gives the answer that belongs to the call before it. */
  reply(threadId: string, prompt: string): Promise<TurnResult>;
  /**
   * Takes back the last call: gives once the turn is aborted. Its call never settles, or, where the thread has another turn, may
   * get the answer of that, which then has none: go on with a fresh thread.
   */
  cancel(): Promise<void>;
  /** Messages of `codex/event`, in order. */
  readonly events: Record<string, unknown>[];
  /** Parameters of `elicitation/create`, in order. */
  readonly elicitations: Record<string, unknown>[];
  workTree: string;
  end(): Promise<void>;
}

/** A real Codex as an MCP server, with the calls that scripts are played with. `decision` answers every elicitation. */
export async function startRawMcp(options: RawMcpOptions): Promise<RawMcp> {
  const server = startMcpProcess(options.server ?? nativeServer);
  const { workTree } = server;
  server.answerWith(() => decide(options.decision ?? "denied"));
  await server.initialize();
  const config = { ...options.config, features: { shell_snapshot: false } };
  const base = { model: options.model, cwd: workTree, sandbox: "workspace-write", config };
  const call = async (name: string, args: unknown): Promise<TurnResult> => {
    const { structuredContent, isError } = await server.call(name, args);
    if (structuredContent === undefined) throw new Error("a result without structured content");
    return {
      text: structuredContent.content,
      threadId: structuredContent.threadId,
      failed: isError === true,
    };
  };
  const aborted = (): number => server.events().filter(({ msg }) => msg.type === "turn_aborted").length;
  return {
    start: (prompt, more) => call("codex", { prompt, ...base, "approval-policy": "on-request", ...more }),
    reply: (threadId, prompt) => call("codex-reply", { threadId, prompt }),
    async cancel() {
      const before = aborted();
      server.cancel();
      while (aborted() === before) await delay(5);
    },
    get events() {
      return server.events().map(({ msg }) => msg);
    },
    get elicitations() {
      return server.elicitations();
    },
    workTree,
    end: server.end,
  };
}
