import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { launch, type Launched } from "../../codex/launch.ts";
import { connectMcp, type McpConnection, type McpEvent, type McpListeners } from "../../codex/mcp-client.ts";
import { scratchDirectory } from "./scratch.ts";

export const fakeServerProgram = join(import.meta.dirname, "..", "codex", "processes", "fake-server.ts");

/** Ended when the test is. */
export async function launchFake(fault: string, file?: string): Promise<Launched> {
  const args = [fakeServerProgram, fault, ...(file === undefined ? [] : [file])];
  const child = await launch(process.execPath, args, { env: { PATH: process.env["PATH"] ?? "" } });
  onTestFinished(async () => {
    await child.end();
  });
  return child;
}

/** The same as one executable, as `--codex` names it. */
export function fakeCodex(fault: string, more = ""): string {
  const path = join(scratchDirectory("fake"), "codex");
  const version = `if [ "$1" = --version ]; then echo 'codex-cli 9.9.9'; exit 0; fi`;
  writeFileSync(
    path,
    `#!/bin/sh\n${version}\n${more}\nexec '${process.execPath}' '${fakeServerProgram}' ${fault}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

export interface Fake {
  child: Launched;
  connection: McpConnection;
  events: McpEvent[];
  call(over?: { timeoutMs?: number; signal?: AbortSignal }): ReturnType<McpConnection["callTool"]>;
}

export async function connectFake(
  fault: string,
  options: {
    approve?: McpListeners["approve"];
    approvalTimeoutMs?: number;
    timeoutMs?: number;
    file?: string;
  } = {},
): Promise<Fake> {
  const child = await launchFake(fault, options.file);
  const events: Fake["events"] = [];
  const refuse: McpListeners["approve"] = () =>
    Promise.resolve({ decision: "denied", by: "policy", why: "a test" });
  const connection = await connectMcp(
    child,
    { event: (event) => events.push(event), approve: options.approve ?? refuse },
    { timeoutMs: options.timeoutMs ?? 20_000, approvalTimeoutMs: options.approvalTimeoutMs ?? 20_000 },
  );
  const call: Fake["call"] = (over = {}) =>
    connection.callTool(
      "codex",
      {},
      {
        timeoutMs: over.timeoutMs ?? 50_000,
        signal: over.signal ?? new AbortController().signal,
      },
    );
  return { child, connection, events, call };
}
