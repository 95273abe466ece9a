import { spawn } from "node:child_process";

interface Message {
  id?: number;
  method?: string;
  result?: { thread?: { id: string } };
}

export interface BareTurn {
  prompt: string;
  /** Of `thread/start`. */
  settings: Readonly<Record<string, unknown>>;
}

/**
 * A thread and one turn on a `codex app-server` of its own, spoken to by hand: as fast as it can be done. Gives the
 * milliseconds from the start of the thread to the end of the turn; starting and ending the server are not in it.
 */
export async function bareTurn(
  path: string,
  { prompt, settings }: BareTurn,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(path, ["app-server"], {
    env: { ...env },
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const waiting = new Map<number, (message: Message) => void>();
  const { promise: completed, resolve: complete } = Promise.withResolvers<void>();
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.method === "turn/completed") complete();
      else if (message.id !== undefined) waiting.get(message.id)?.(message);
    }
  });
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const call = (id: number, method: string, params: unknown): Promise<Message> =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      send({ id, method, params });
    });
  await call(1, "initialize", {
    clientInfo: { name: "bench", title: null, version: "1" },
    capabilities: { experimentalApi: true, requestAttestation: false },
  });
  send({ method: "initialized" });
  const started = performance.now();
  const { result } = await call(2, "thread/start", settings);
  const input = [{ type: "text", text: prompt, text_elements: [] }];
  void call(3, "turn/start", { threadId: result?.thread?.id, input });
  await completed;
  const took = performance.now() - started;
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  return took;
}
