import { spawn } from "node:child_process";
import { appendFileSync, closeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

/** An MCP server that plays one fault over stdio: `fake-server.ts FAULT [FILE]`; FILE gets what it was told, a line each. */
interface Message {
  id?: number | string;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown> };
  result?: unknown;
}

const [fault = "none", file] = process.argv.slice(2);
const threadId = "thread-1";
const rpc = (message: object): string => JSON.stringify({ jsonrpc: "2.0", ...message });
const write = (text: string): void => void process.stdout.write(text);
const event = (msg: object): string =>
  rpc({ method: "codex/event", params: { _meta: { requestId: 1, threadId }, id: "1", msg } });
const own = (params: object): string => rpc({ method: "codex/app-server", params });
const resultOf = (id: unknown, content: string): string =>
  rpc({
    id,
    result: { content: [{ type: "text", text: content }], structuredContent: { threadId, content } },
  });
const totals = { input_tokens: 100, cached_input_tokens: 20, output_tokens: 10, reasoning_output_tokens: 3 };
const counted = { type: "token_count", info: { total_token_usage: totals } };

const elicitation = {
  message: "Allow it?",
  requestedSchema: { type: "object", properties: {} },
  threadId,
  codex_elicitation: "exec-approval",
  codex_mcp_tool_call_id: "1",
  codex_event_id: "2",
  codex_call_id: "3",
  codex_command: ["bash", "-lc", "touch x"],
  codex_cwd: "/work",
  codex_parsed_cmd: [{ type: "unknown", cmd: "touch x" }],
};

/** The call that waits for an answer to the elicitation. */
let asking: unknown;

const onCall: Record<string, (id: unknown) => void | Promise<void>> = {
  none: (id) => write(`${resultOf(id, "fine")}\n`),
  noise: (id) => {
    write(`thread 'main' says hello\n\n[1,2]\n{"jsonrpc":"1.0","id":1}\n{"torn":\n\u0000\u0001\n`);
    write(`${resultOf(id, "fine")}\n`);
  },
  glued: (id) =>
    write(`${event(counted)}${event({ type: "agent_message", message: "}{" })}${resultOf(id, "fine")}\n`),
  torn: async (id) => {
    for (const byte of Buffer.from(`${resultOf(id, "fäin€ 😀")}\r\n`)) {
      process.stdout.write(Buffer.from([byte]));
      await delay(0);
    }
  },
  "long-line": (id) => write(`${resultOf(id, "x".repeat(12 * 1024 * 1024))}\n`),
  "endless-line": () => {
    const piece = "x".repeat(1024 * 1024);
    const more = (): void => {
      while (process.stdout.write(piece));
      process.stdout.once("drain", more);
    };
    more();
  },
  unknown: (id) => {
    write(
      `${event({ type: "brand_new", deep: { a: [1] } })}\n${rpc({ method: "codex/other", params: { b: 2 } })}\n`,
    );
    write(`${rpc({ method: "codex/event", params: { msg: "no object" } })}\n`);
    write(`${own({ _meta: { threadId }, method: "turn/started", params: { turn: 1 } })}\n`);
    write(
      `${own({ _meta: { threadId: null }, method: "warning" })}\n${own({ _meta: {} })}\n${resultOf(id, "fine")}\n`,
    );
  },
  shapeless: (id) => write(`${rpc({ id, result: { structuredContent: { threadId: 7 } } })}\n`),
  die: () => {
    process.stderr.write("first line\nthread panicked\nat the end\n");
    process.exit(7);
  },
  "die-with-last-word": (id) => {
    process.stdout.write(`${resultOf(id, "fine")}\n`, () => process.exit(7));
  },
  "die-with-heir": () => {
    spawn("sleep", ["300"], { stdio: ["ignore", "inherit", "inherit"] });
    process.exit(7);
  },
  "say-closed": (id) =>
    write(`${rpc({ id, error: { code: -32000, message: "stream closed before response.completed" } })}\n`),
  deaf: (id) => {
    process.stdin.destroy();
    closeSync(0);
    setInterval(() => undefined, 1000);
    write(`${resultOf(id, "fine")}\n`);
  },
  silent: () => undefined,
  ask: (id) => {
    asking = id;
    write(`${rpc({ id: "elicitation-1", method: "elicitation/create", params: elicitation })}\n`);
  },
  "ask-else": (id) => {
    asking = id;
    write(`${rpc({ id: "elicitation-1", method: "roots/list" })}\n`);
  },
};

const initialized = (id: unknown): string =>
  rpc({
    id,
    result: {
      protocolVersion: fault === "old-protocol" ? "1999-01-01" : "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "fake", version: "0.0.1" },
    },
  });
const tools = fault === "other-tools" ? ["search"] : ["codex", "codex-reply"];

function take(message: Message): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(message)}\n`);
  if (message.method === "initialize") {
    if (fault === "die-at-once") process.exit(3);
    if (fault === "mute") return;
    write(`${fault === "noise" ? "Welcome!\n" : ""}${initialized(message.id)}\n`);
  } else if (message.method === "tools/list") {
    const list = tools.map((name) => ({ name, inputSchema: { type: "object" } }));
    write(`${rpc({ id: message.id, result: { tools: list } })}\n`);
  } else if (message.method === "tools/call") {
    void (onCall[fault] ?? onCall["none"])?.(message.id);
  } else if (message.id === "elicitation-1") {
    write(`${resultOf(asking, JSON.stringify(message))}\n`);
  }
}

createInterface({ input: process.stdin }).on("line", (line) => take(JSON.parse(line) as Message));
