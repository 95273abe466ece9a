import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Step } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";
import { startMcpProcess, type McpCommand, type McpProcess } from "../support/mcp-process.ts";
import { decide, type Answer } from "../support/raw-client.ts";
import { scratchDirectory } from "../support/scratch.ts";
import type { Difference } from "./codex-mcp-differences.ts";
import { recordSession, usage, type Session } from "./codex-mcp-session.ts";
import { differencesBetween } from "./compare-sessions.ts";

export interface ContractCase {
  name: string;
  command: McpCommand;
  /** Its own version, as it names it. */
  version: string;
  /** The session of `codex mcp-server` 0.153.4, which all others are held against. */
  reference: () => Promise<Session>;
  /** All that may differ, and must. */
  differences: readonly Difference[];
  /** Whether `{action: "accept"}` without Codex's own word is a yes; natively it is not. */
  takesMcpReply: boolean;
}

/** What everyone may rely on who speaks MCP with Codex, natively or through the bridge. */
export function codexMcpContract(given: ContractCase): void {
  describe(`given ${given.name}`, () => {
    sessionIsTheSame(given);
    callsEndAsTheyShould(given);
  });
}

function sessionIsTheSame({ command, version, reference, differences }: ContractCase): void {
  let session: Session;
  beforeAll(async () => {
    session = await recordSession(command);
  });

  it("when a session is played, then it is as the reference but for the differences on purpose, each of which occurs", async () => {
    const places = differences.flatMap((difference) => difference.places);
    expect(differencesBetween(await reference(), session).toSorted()).toEqual(places.toSorted());
  });

  it("when it is asked who it is, then it says so and offers tools", () => {
    expect(session.initialized.result).toMatchObject({
      protocolVersion: "2025-06-18",
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: "codex-mcp-server", title: "Codex", version },
    });
  });

  it("when its tools are listed, then the old parameters have their types and no new one is required", async () => {
    const old = toolsOf(await reference());
    const found = toolsOf(session);
    for (const tool of old) {
      const same = found.find(({ name }) => name === tool.name);
      expect(same).toMatchObject({ title: tool.title, outputSchema: tool.outputSchema });
      expect(same?.inputSchema.required).toEqual(["prompt"]);
      for (const [name, { type, enum: values }] of Object.entries(tool.inputSchema.properties)) {
        const parameter = same?.inputSchema.properties[name];
        expect([name, parameter?.type, parameter?.enum]).toEqual([name, type, values]);
      }
    }
  });

  it("when turns end, then the results have both forms, and the script was played to its end", () => {
    const threadId = session.metas[0]?.threadId;
    for (const [result, text] of [
      [session.first, "done"],
      [session.second, "second"],
    ] as const) {
      expect(result).toEqual({
        content: [{ type: "text", text }],
        structuredContent: { threadId, content: text },
      });
    }
    expect(session.problems).toEqual([]);
  });

  it("when something happens, then it is told with the call's id and the thread's", () => {
    const ids = session.metas.map(({ requestId }) => requestId);
    expect([...new Set(ids)]).toEqual(session.requestIds);
    expect(new Set(session.metas.map(({ threadId }) => threadId)).size).toBe(1);
    const types = session.events.map(({ type }) => type);
    expect(types.filter((type) => type === "exec_command_output_delta")).toHaveLength(2);
    expect(types.filter((type) => type === "exec_command_end")).toHaveLength(2);
    expect(types.filter((type) => type === "patch_apply_end")).toHaveLength(4);
    expect(types.slice(0, 3)).toEqual(["session_configured", "mcp_startup_complete", "task_started"]);
    expect(types.at(-1)).toBe("task_complete");
    const counted = session.events.findLast(({ type }) => type === "token_count");
    expect(counted).toMatchObject({ info: { total_token_usage: { input_tokens: 800, output_tokens: 80 } } });
  });

  it("when it asks, then with all that there is to decide on, and the decision holds", () => {
    const common = { threadId: "<thread>", codex_event_id: "<uuid>", requestedSchema: { type: "object" } };
    const exec = { codex_elicitation: "exec-approval", codex_cwd: "<work>", ...common };
    expect(session.elicitations).toMatchObject([
      {
        ...exec,
        codex_call_id: "call_4",
        codex_mcp_tool_call_id: "3",
        codex_command: ["/bin/bash", "-lc", "touch <outside>/approved; sleep 0.3; echo ok; sleep 0.3"],
        codex_parsed_cmd: [{ cmd: expect.stringContaining("touch <outside>/approved") }],
      },
      { ...exec, codex_call_id: "call_5" },
      {
        ...common,
        codex_elicitation: "patch-approval",
        codex_call_id: "call_6",
        codex_changes: { "<outside>/patched": { type: "add", content: "A\n" } },
      },
    ]);
    expect(session.files).toEqual({ approved: true, denied: false, patched: true });
  });

  it("when a call is a mistake, then it is an error in the result, in the words that are known", () => {
    const { ping, "nope/method": noMethod, ...calls } = session.mistakes;
    expect(Object.values(calls).map((result) => (result as { isError: boolean }).isError)).not.toContain(
      false,
    );
    expect(calls).toMatchObject({
      "unknown argument": { content: [{ text: expect.stringContaining("unknown field `nonsense`") }] },
      "wrong type": { content: [{ text: expect.stringContaining("invalid type") }] },
      "no prompt": { content: [{ text: expect.stringContaining("missing field `prompt`") }] },
      "unknown thread": { structuredContent: { content: expect.stringContaining("Session not found") } },
      "unknown tool": { content: [{ text: "Unknown tool 'nope'" }] },
    });
    expect(calls["unknown argument"]).not.toHaveProperty("structuredContent");
    expect(noMethod).toMatchObject({ error: { code: -32_601 } });
    expect(ping).toEqual({});
  });
}

function callsEndAsTheyShould({ command, takesMcpReply }: ContractCase): void {
  it.each([
    ["Codex's own word alone", { result: { decision: "approved" } }, true],
    ["MCP's form alone", { result: { action: "accept", content: {} } }, takesMcpReply],
    ["MCP's refusal", { result: { action: "decline" } }, false],
  ] as const)("when an approval is answered with %s, then that counts", async (_, answer, approved) => {
    const file = join(scratchDirectory("outside"), "made");
    const steps: Step[] = [
      { do: { ask: `touch ${file}`, why: "it is needed" } },
      { expect: { exitCode: approved ? 0 : null }, do: { say: "end" } },
    ];
    const { server, call, script } = await play(command, { w: steps }, answer);
    expect(await call("w")).toMatchObject({ structuredContent: { content: "end" } });
    expect(server.elicitations()).toHaveLength(1);
    expect(existsSync(file)).toBe(approved);
    expect(script.report()).toMatchObject({ complete: true });
  });

  it("when the model fails, then the result is an error in both forms, and the event goes before it", async () => {
    const { server, call } = await play(command, { w: [{ do: { fail: 400, message: "nope" } }] });
    const result = await call("w");
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("nope") }],
      structuredContent: { threadId: expect.any(String), content: expect.stringContaining("nope") },
    });
    expect(server.events().at(-1)?.msg).toMatchObject({
      type: "error",
      message: expect.stringContaining("nope"),
    });
  });

  it("when a call is cancelled, then the turn is aborted and there is no answer, ever", async () => {
    const { server, call, script } = await play(command, { w: [{ do: { stall: true } }] });
    let answered = false;
    void call("w").finally(() => {
      answered = true;
    });
    await server.saw(({ params }) => typeOf(params) === "user_message");
    await expect.poll(() => script.report().complete).toBe(true);
    server.cancel();
    await server.saw(({ params }) => typeOf(params) === "turn_aborted");
    expect(await server.request("ping", {})).toMatchObject({ result: {} });
    expect(answered).toBe(false);
  });

  it("when two threads work at once, then each has its own answer and events", async () => {
    const steps = (name: string): Step[] => [
      { do: { run: `sleep 0.3; echo ${name}` } },
      { expect: { output: [name] }, do: { say: name } },
    ];
    const { server, call, script } = await play(command, { a: steps("a"), b: steps("b") });
    const results = await Promise.all([call("a"), call("b")]);
    expect(results.map(({ content }) => content[0]?.text)).toEqual(["a", "b"]);
    for (const { structuredContent } of results) {
      const own = server.events().filter(({ _meta }) => _meta.threadId === structuredContent?.threadId);
      expect(new Set(own.map(({ _meta }) => _meta.requestId)).size).toBe(1);
      const said = own.find(({ msg }) => msg.type === "agent_message");
      expect(said?.msg).toMatchObject({ message: structuredContent?.content });
    }
    expect(script.report()).toMatchObject({ complete: true });
  });
}

interface Played {
  server: McpProcess;
  script: ScriptServer;
  call(worker: string): ReturnType<McpProcess["call"]>;
}

async function play(
  command: McpCommand,
  workers: Readonly<Record<string, Step[]>>,
  answer: Answer = decide("denied"),
): Promise<Played> {
  const script = await serveScript({ version: 1, usage, workers });
  onTestFinished(() => script.close());
  const server = startMcpProcess(command);
  onTestFinished(() => server.end());
  server.answerWith(() => answer);
  await server.initialize();
  const base = { prompt: "go", model: script.model, cwd: server.workTree, "approval-policy": "on-request" };
  return {
    server,
    script,
    call: (worker) => {
      const config = { ...script.configFor(worker), features: { shell_snapshot: false } };
      return server.call("codex", { ...base, sandbox: "workspace-write", config });
    },
  };
}

function typeOf(params: Record<string, unknown> | undefined): unknown {
  return (params?.["msg"] as { type?: unknown } | undefined)?.type;
}

interface Tool {
  name: string;
  title: string;
  inputSchema: { properties: Record<string, { type: string; enum?: string[] }>; required: string[] };
  outputSchema: unknown;
}

function toolsOf(session: Session): readonly Tool[] {
  return (session.tools.result as unknown as { tools: readonly Tool[] }).tools;
}
