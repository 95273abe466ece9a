import { spawn } from "node:child_process";

interface Message {
  id?: number;
  result?: unknown;
}

/**
 * One `codex` tool call on a server of its own, spoken to by hand: as fast as it can be done. Gives the milliseconds
 * from the call to its result; starting and ending the server are not in it.
 */
export async function bareCall(
  path: string,
  args: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(path, ["mcp-server"], {
    env: { ...env },
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const waiting = new Map<number, () => void>();
  let rest = "";
  let failed: string | null = null;
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { id, result } = JSON.parse(line) as Message;
      if (id === undefined || result === undefined) continue;
      if (JSON.stringify(result).includes('"isError":true')) failed = JSON.stringify(result);
      waiting.get(id)?.();
    }
  });
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const call = (id: number, method: string, params: unknown): Promise<void> =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      send({ jsonrpc: "2.0", id, method, params });
    });
  const clientInfo = { name: "bench", version: "1" };
  await call(1, "initialize", {
    protocolVersion: "2025-06-18",
    capabilities: { elicitation: {} },
    clientInfo,
  });
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
  const started = performance.now();
  await call(2, "tools/call", { name: "codex", arguments: args });
  const took = performance.now() - started;
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  // A call that is refused at once would be the fastest of all.
  if (failed !== null) throw new Error(`the call failed: ${String(failed).slice(0, 500)}`);
  return took;
}
