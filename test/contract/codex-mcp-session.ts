import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { serveScript } from "../../replay/serve-script.ts";
import { startMcpProcess, type McpCommand, type McpProcess } from "../support/mcp-process.ts";
import { decide, type CallResult, type Message } from "../support/raw-client.ts";
import { scratchDirectory } from "../support/scratch.ts";

export const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };

/** What one server did in the session that all of them are put through. */
export interface Session {
  initialized: Message;
  tools: Message;
  first: CallResult;
  second: CallResult;
  events: readonly NormalEvent[];
  elicitations: readonly Record<string, unknown>[];
  /** Of every event, in order. */
  metas: readonly { requestId: number | string; threadId: string | null }[];
  requestIds: readonly [number, number];
  files: { approved: boolean; denied: boolean; patched: boolean };
  problems: readonly string[];
  /** What mistakes are answered with, by their names. */
  mistakes: Readonly<Record<string, unknown>>;
}

export type NormalEvent = { type: string } & Record<string, unknown>;

/** Run, write, replace and delete, ask (approved, denied), patch outside (approved), say; then a reply. */
export async function recordSession(command: McpCommand): Promise<Session> {
  const outside = scratchDirectory("outside");
  const script = await serveScript({ version: 1, usage, workers: { w: stepsIn(outside) } });
  const server = startMcpProcess(command);
  try {
    server.answerWith((_, count) => decide(count === 1 ? "denied" : "approved"));
    const initialized = await server.initialize();
    const tools = await server.request("tools/list", {});
    const config = { ...script.configFor("w"), features: { shell_snapshot: false } };
    const { workTree } = server;
    const settings = { model: script.model, cwd: workTree, sandbox: "workspace-write", config };
    const first = await server.call("codex", { prompt: "go", "approval-policy": "on-request", ...settings });
    const firstId = server.lastId();
    const threadId = first.structuredContent?.threadId ?? "";
    const second = await server.call("codex-reply", { prompt: "again", threadId });
    const { codexHome } = server;
    const secondId = server.lastId();
    const events = server.events();
    const mistakes = await makeMistakes(server);
    const places = {
      [workTree]: "<work>",
      [outside]: "<outside>",
      [codexHome]: "<home>",
      [threadId]: "<thread>",
    };
    return {
      initialized,
      tools,
      first,
      second,
      events: events.map(({ msg }) => normal(msg, places) as NormalEvent),
      elicitations: server.elicitations().map((params) => normal(params, places) as Record<string, unknown>),
      metas: events.map(({ _meta }) => _meta),
      requestIds: [firstId, secondId],
      files: {
        approved: existsSync(join(outside, "approved")),
        denied: existsSync(join(outside, "denied")),
        patched: existsSync(join(outside, "patched")),
      },
      problems: script.report().problems,
      mistakes: normal(mistakes, places) as Record<string, unknown>,
    };
  } finally {
    await server.end();
    await script.close();
  }
}

const noThread = "01a00000-0000-7000-8000-000000000000";

async function makeMistakes(server: McpProcess): Promise<Record<string, unknown>> {
  const calls: Readonly<Record<string, readonly [string, unknown]>> = {
    "unknown argument": ["codex", { prompt: "go", nonsense: 1 }],
    "wrong type": ["codex", { prompt: 5 }],
    "no prompt": ["codex", {}],
    "unknown sandbox": ["codex", { prompt: "go", sandbox: "nope" }],
    "no thread": ["codex-reply", { prompt: "go" }],
    "unknown thread": ["codex-reply", { prompt: "go", threadId: noThread }],
    "no thread's id": ["codex-reply", { prompt: "go", threadId: "nope" }],
    "reply with an unknown argument": ["codex-reply", { prompt: "go", threadId: noThread, nonsense: 1 }],
    "unknown tool": ["nope", { prompt: "go" }],
  };
  const answers: Record<string, unknown> = {};
  for (const [name, [tool, args]] of Object.entries(calls)) {
    const { result, error } = await server.request("tools/call", { name: tool, arguments: args });
    answers[name] = result ?? { error };
  }
  for (const method of ["nope/method", "ping"]) {
    const { result, error } = await server.request(method, {});
    answers[method] = result ?? { error };
  }
  return answers;
}

function stepsIn(outside: string) {
  mkdirSync(outside, { recursive: true });
  const patch = `*** Begin Patch\n*** Add File: ${outside}/patched\n+A\n*** End Patch`;
  return [
    // Codex loses what a command says at once.
    { do: { run: "sleep 0.3; echo hello; sleep 0.3; exit 3" } },
    { expect: { exitCode: 3, output: ["hello"] }, do: { write: "a.txt", content: "A\n" } },
    { do: [{ replace: "a.txt", from: "A", to: "B" }, { delete: "a.txt" }] },
    { do: { ask: `touch ${outside}/approved; sleep 0.3; echo ok; sleep 0.3`, why: "it is needed" } },
    { expect: { output: ["ok"] }, do: { ask: `touch ${outside}/denied`, why: "it is wanted" } },
    { expect: { exitCode: null }, do: { patch } },
    { do: { say: "done" } },
    { expect: { user: ["again"] }, do: { say: "second" } },
  ];
}

const chance: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/\d{4}[-/]\d\d[-/]\d\d(?:T\d\d-\d\d-\d\d)?/g, "<date>"],
  [/Chunk ID: \w+|Wall time: [\d.]+ seconds/g, "<chunk>"],
];
const moments = /(?:_ms|_at|_time|^nanos|^secs|^process_id|^response_id)$/;

/** What differs from one run to the next is named, not shown: ids, times, folders. */
function normal(value: unknown, places: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    const placed = Object.entries(places).reduce((text, [path, name]) => text.replaceAll(path, name), value);
    return chance.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), placed);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => normal(item, places));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, unknown] => [
      normal(key, places) as string,
      moments.test(key) && member !== null ? `<${typeof member}>` : normal(member, places),
    ]),
  );
}
