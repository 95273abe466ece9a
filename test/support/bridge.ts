import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { onTestFinished } from "vitest";
import { connectAppServer } from "../../codex/bridge/app-server.ts";
import { createBridge, type BridgeOptions } from "../../codex/bridge/create-bridge.ts";
import { launch, type Launched } from "../../codex/launch.ts";
import type { Step } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";
import type { ProxyPlan } from "../codex/processes/app-server-proxy.ts";
import { currentCodex } from "./mcp-process.ts";
import { createRawClient, type CallResult, type Message, type RawClient } from "./raw-client.ts";
import { scratchDirectory } from "./scratch.ts";

export const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };
const proxy = join(import.meta.dirname, "..", "codex", "processes", "app-server-proxy.ts");

/** An executable that is a real Codex but for what the plan says. */
export function proxiedCodex(plan: Omit<ProxyPlan, "codex">): string {
  const directory = scratchDirectory("proxy");
  const planFile = join(directory, "plan.json");
  writeFileSync(planFile, JSON.stringify({ codex: currentCodex, ...plan }));
  return executable(directory, `exec '${process.execPath}' '${proxy}' '${planFile}' "$@"`);
}

/** A Codex that first says something on stderr. */
export function talkativeCodex(line: string): string {
  return executable(scratchDirectory("talkative"), `echo '${line}' >&2\nexec '${currentCodex}' "$@"`);
}

function executable(directory: string, body: string): string {
  const path = join(directory, "codex");
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

export function linesOf(file: string): Message[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Message);
}

export interface BridgeSetting extends Partial<Omit<BridgeOptions, "startServer" | "version">> {
  workers: Readonly<Record<string, readonly Step[]>>;
  codex?: string;
  capabilities?: Record<string, unknown>;
}

export interface StartedBridge {
  client: RawClient;
  script: ScriptServer;
  workTree: string;
  codexHome: string;
  /** Every `codex app-server` that was started, in order. */
  children: readonly Launched[];
  /** The tool `codex` on a fresh thread that plays this worker's steps. */
  start(worker: string, more?: Record<string, unknown>, meta?: Record<string, unknown>): Promise<CallResult>;
  reply(threadId: string, prompt: string, more?: Record<string, unknown>): Promise<CallResult>;
}

/** The bridge in this process over a real app-server, and a client that speaks with it by hand. */
export async function startBridge(setting: BridgeSetting): Promise<StartedBridge> {
  const { workers, codex = currentCodex, capabilities, ...options } = setting;
  const script = await serveScript({
    version: 1,
    usage,
    workers: Object.fromEntries(Object.entries(workers).map(([name, steps]) => [name, [...steps]])),
  });
  onTestFinished(() => script.close());
  const workTree = scratchDirectory("work-tree");
  const { PATH = "" } = process.env;
  const codexHome = scratchDirectory("codex-home");
  const env = { PATH, HOME: scratchDirectory("home"), CODEX_HOME: codexHome };
  const children: Launched[] = [];
  const bridge = createBridge({
    approvalTimeoutMs: 20_000,
    ...options,
    version: "test",
    async startServer(listeners) {
      const child = await launch(codex, ["app-server"], { env, cwd: workTree });
      children.push(child);
      const about = { name: "portcullis-test", title: null, version: "1" };
      return connectAppServer(child, listeners, { client: about, timeoutMs: 15_000 });
    },
  });
  onTestFinished(() => bridge.close());
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const client = createRawClient((message) => void ours.send(structuredClone(message) as JSONRPCMessage));
  ours.onmessage = (message) => client.receive(structuredClone(message) as Message);
  await bridge.connect(theirs);
  await ours.start();
  await client.initialize(capabilities);
  const base = { model: script.model, cwd: workTree, sandbox: "workspace-write" };
  return {
    client,
    script,
    workTree,
    codexHome,
    children,
    start: (worker, more, meta) => {
      const config = { ...script.configFor(worker), features: { shell_snapshot: false } };
      const settings = { "approval-policy": "on-request", ...base, config };
      return client.call("codex", { prompt: `go ${worker}`, ...settings, ...more }, meta);
    },
    reply: (threadId, prompt, more) => client.call("codex-reply", { threadId, prompt, ...more }),
  };
}

/** The thread of a call that has begun. */
export async function threadOf(client: RawClient, requestId = client.lastId()): Promise<string> {
  await client.saw(
    ({ params }) =>
      (params?.["_meta"] as { requestId?: unknown } | undefined)?.requestId === requestId &&
      typeOf(params) === "task_started",
  );
  return client.events(requestId).at(-1)?._meta.threadId ?? "";
}

export function typeOf(params: Record<string, unknown> | undefined): unknown {
  return (params?.["msg"] as { type?: unknown } | undefined)?.type;
}
