import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { MCPServerStdio } from "@openai/agents";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { serveScript } from "../../replay/serve-script.ts";
import { codexHomeWith } from "../support/codex-home.ts";
import { portcullisBin } from "../support/mcp-process.ts";
import { scratchDirectory } from "../support/scratch.ts";

const args = [portcullisBin, "mcp-server"];
const toolNames = ["codex", "codex-reply", "codex-interrupt"];
const firstCall = { prompt: "go", "approval-policy": "never", sandbox: "workspace-write" };

interface Places {
  cwd: string;
  env: Record<string, string>;
}

/** Folders and variables as a host's configuration has them; the model is a script that says twice. */
async function places(): Promise<Places> {
  const script = await serveScript({
    version: 1,
    workers: {
      w: [
        { expect: { user: ["go"] }, do: { run: "echo x >made" } },
        { do: { say: "first" } },
        { expect: { user: ["again"] }, do: { say: "second" } },
      ],
    },
  });
  onTestFinished(async () => {
    expect(script.report()).toMatchObject({ complete: true, problems: [] });
    await script.close();
  });
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: scratchDirectory("home"), CODEX_HOME: codexHomeWith(script, "w") };
  return { cwd: scratchDirectory("work-tree"), env };
}

it("given the OpenAI Agents SDK, then its stdio server lists, calls, replies, and sees errors", async () => {
  const server = new MCPServerStdio({ name: "codex", command: process.execPath, args, ...(await places()) });
  await server.connect();
  onTestFinished(() => server.close());
  expect((await server.listTools()).map(({ name }) => name)).toEqual(toolNames);
  const first = await server.callToolResult("codex", firstCall);
  expect(first).toMatchObject({ structuredContent: { content: "first" } });
  const { threadId } = first.structuredContent as { threadId: string };
  expect(await server.callTool("codex-reply", { prompt: "again", threadId })).toMatchObject([
    { type: "text", text: "second" },
  ]);
  expect(await server.callToolResult("codex", { prompt: "go", nonsense: 1 })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("unknown field `nonsense`") }],
  });
});

it("given the MCP client of the second generation, then it lists, calls with progress, replies, and sees errors", async () => {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, ...(await places()) }));
  onTestFinished(() => client.close());
  expect(client.getServerVersion()).toMatchObject({ name: "codex-mcp-server" });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(toolNames);
  const told: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => void told.push(progress);
  const first = await client.callTool({ name: "codex", arguments: firstCall }, { onprogress });
  expect(first).toMatchObject({ structuredContent: { content: "first" } });
  expect(told.length).toBeGreaterThan(0);
  const { threadId } = first.structuredContent as { threadId: string };
  const reply = { name: "codex-reply", arguments: { prompt: "again", threadId } };
  expect(await client.callTool(reply)).toMatchObject({ content: [{ type: "text", text: "second" }] });
  const unknown = { name: "codex-reply", arguments: { prompt: "x", threadId: "nope" } };
  expect(await client.callTool(unknown)).toMatchObject({ isError: true });
});

it("given the MCP inspector's command line, which starts a server for each call, then it lists, calls, replies, and sees errors", async () => {
  const { cwd, env } = await places();
  const inspector = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "mcp-inspector");
  const inspect = async (...more: readonly string[]): Promise<Record<string, unknown>> => {
    // It hands none of its own variables on; an error in the result is an exit code too.
    const given = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const all = ["--cli", process.execPath, ...args, ...given, "--cwd", cwd, ...more];
    const options = { cwd, env, extendEnv: false, stdin: "ignore", reject: false, timeout: 50_000 } as const;
    const { stdout } = await execa(inspector, all, options);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const call = (tool: string, given: Readonly<Record<string, string>>) => {
    const pairs = Object.entries(given).flatMap(([name, value]) => ["--tool-arg", `${name}=${value}`]);
    return inspect("--method", "tools/call", "--tool-name", tool, ...pairs);
  };
  const { tools } = (await inspect("--method", "tools/list")) as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toEqual(toolNames);
  const first = await call("codex", firstCall);
  expect(first).toMatchObject({ structuredContent: { content: "first" } });
  const { threadId } = first["structuredContent"] as { threadId: string };
  expect(await call("codex-reply", { prompt: "again", threadId })).toMatchObject({
    structuredContent: { threadId, content: "second" },
  });
  expect(await call("codex", { prompt: "go", sandbox: "nope" })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("unknown variant `nope`") }],
  });
});
