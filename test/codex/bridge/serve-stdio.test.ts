import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Step } from "../../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../../replay/serve-script.ts";
import { typeOf, usage } from "../../support/bridge.ts";
import { codexHomeWith } from "../../support/codex-home.ts";
import {
  bridgeServer,
  startMcpProcess,
  type McpProcess,
  type McpProcessOptions,
} from "../../support/mcp-process.ts";
import { processesWith } from "../../support/processes.ts";
import { scratchDirectory } from "../../support/scratch.ts";

async function serve(steps: readonly Step[]): Promise<ScriptServer> {
  const script = await serveScript({ version: 1, usage, workers: { w: [...steps] } });
  onTestFinished(() => script.close());
  return script;
}

async function start(options: McpProcessOptions = {}, codex?: string): Promise<McpProcess> {
  const server = startMcpProcess(bridgeServer(codex), options);
  onTestFinished(() => server.end());
  await server.initialize();
  return server;
}

const configOf = (script: ScriptServer) => ({
  ...script.configFor("w"),
  features: { shell_snapshot: false },
});

it.each([
  ["without a word on its sandbox", {}, false],
  ["with a sandbox", { sandbox: "workspace-write" }, true],
  ["with a sandbox that only reads", { sandbox: "read-only" }, false],
] as const)(
  "given a server that was started anew, when a thread goes on %s, then it remembers, and writes only as told",
  async (_, more, writes) => {
    const script = await serve([
      { do: { say: "one" } },
      { expect: { user: ["again"] }, do: { run: "echo x >made" } },
      { expect: { exitCode: writes ? 0 : 1 }, do: { say: "two" } },
    ]);
    const codexHome = codexHomeWith(script, "w");
    const before = await start({ codexHome });
    const settings = { "approval-policy": "never", sandbox: "workspace-write" };
    const { workTree } = before;
    const first = await before.call("codex", { prompt: "go", cwd: workTree, ...settings });
    const { threadId } = first.structuredContent!;
    await before.end();
    const after = await start({ workTree, codexHome });
    const result = await after.call("codex-reply", { prompt: "again", threadId, ...more });
    expect(result).toMatchObject({ structuredContent: { threadId, content: "two" } });
    expect(script.report()).toMatchObject({ complete: true, problems: [] });
    expect(existsSync(join(workTree, "made"))).toBe(writes);
    const configured = after.events().find(({ msg }) => msg.type === "session_configured");
    // The policy is the thread's own, not the one that goes without saying for a fresh thread.
    expect(configured?.msg).toMatchObject({ session_id: threadId, approval_policy: "never" });
    const known = await after.call("codex-reply", { prompt: "x", threadId, sandbox: "workspace-write" });
    expect(known).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("leave out sandbox") }],
    });
  },
);

it("given a turn that runs a command, when the client closes stdin, then the server ends with 0 within 6 s and leaves no process", async () => {
  const script = await serve([{ do: { run: "sleep 300" } }]);
  const server = await start();
  const settings = { model: script.model, cwd: server.workTree, sandbox: "workspace-write" };
  void server.call("codex", { prompt: "go", ...settings, config: configOf(script) });
  await server.saw(({ params }) => typeOf(params) === "exec_command_begin");
  expect(processesWith(server.codexHome).length).toBeGreaterThan(1);
  const closedAt = performance.now();
  server.closeStdin();
  expect(await server.exited).toBe(0);
  expect(performance.now() - closedAt).toBeLessThan(6000);
  expect(processesWith(server.codexHome)).toEqual([]);
});

it("given a client that was asked and closes stdin instead, then it is denied, the server ends with 0 and leaves no process", async () => {
  const file = join(scratchDirectory("outside"), "made");
  const script = await serve([{ do: { ask: `touch ${file}`, why: "it is needed" } }]);
  const server = await start();
  server.answerWith(() => null);
  const settings = { model: script.model, cwd: server.workTree, "approval-policy": "on-request" };
  void server.call("codex", { prompt: "go", ...settings, config: configOf(script) });
  await server.saw(({ method }) => method === "elicitation/create");
  server.closeStdin();
  expect(await server.exited).toBe(0);
  expect(processesWith(server.codexHome)).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "given a turn that runs, when %s comes, then the server ends with 0 and leaves no process",
  async (signal) => {
    const script = await serve([{ do: { stall: true } }]);
    const server = await start();
    const settings = { model: script.model, cwd: server.workTree, config: configOf(script) };
    void server.call("codex", { prompt: "go", ...settings });
    await server.saw(({ params }) => typeOf(params) === "user_message");
    process.kill(server.pid, signal);
    expect(await server.exited).toBe(0);
    expect(processesWith(server.codexHome)).toEqual([]);
  },
);

it("given no Codex, then MCP is spoken all the same, and each call says what is missing and what to do", async () => {
  const server = await start({}, "/nowhere/codex");
  const { result } = await server.request("tools/list", {});
  const { tools } = result as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toEqual(["codex", "codex-reply", "codex-interrupt"]);
  const replyTo = "01a00000-0000-7000-8000-000000000000";
  for (const [tool, args] of [
    ["codex", { prompt: "go" }],
    ["codex-reply", { prompt: "go", threadId: replyTo }],
    ["codex", { prompt: "go" }],
  ] as const) {
    expect(await server.call(tool, args)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/names '\/nowhere\/codex'[^]*→ .*--codex PATH/) }],
      _meta: { "codex/failure": { code: "codex.not-found", retryable: false } },
    });
  }
  expect(server.stderr()).toContain("/nowhere/codex");
});

it("given lines that are no message, then they are passed over", async () => {
  const server = await start();
  server.write('hello\n{"jsonrpc":"2.0"}\n\n[]\n{"jsonrpc":"2.0","id":null,"method":7}\n');
  expect(await server.request("ping", {})).toMatchObject({ result: {} });
});
