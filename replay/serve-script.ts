import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../core/errors.ts";
import { addUsage, noUsage, type Usage } from "../core/usage.ts";
import { mismatch } from "./match-step.ts";
import { newInput } from "./new-input.ts";
import { isCall, itemFor, responseEvents } from "./render-response.ts";
import type { Script, Step } from "./script.ts";

const maxBodyBytes = 32 * 1024 * 1024;
/** The model's name decides which tools Codex offers; with this one it offers `apply_patch`. */
const model = "gpt-5.4";

export interface ScriptReport {
  /** Requests that no step expected, and steps that nobody asked for. Empty: the script was played to its end. */
  problems: readonly string[];
  /** Of all responses that were sent. */
  usage: Usage;
}

export interface ScriptServer {
  /** Codex configuration for workers; `{worker}` is to be replaced by the worker's name, URL-encoded. */
  config: {
    model_provider: string;
    model_providers: { script: { name: string; base_url: string; wire_api: string } };
  };
  model: string;
  report(): ScriptReport;
  close(): Promise<void>;
}

interface Progress {
  next: number;
  callId: string | null;
  failed: boolean;
}

/** Plays a script on 127.0.0.1, one address for each worker. What does not match is refused and told in the report. */
export async function serveScript(script: Script): Promise<ScriptServer> {
  const token = randomBytes(8).toString("hex");
  const play: Play = { script, progress: new Map(), problems: [], usage: noUsage };
  const server = createServer((request, response) => {
    handle(play, token, request, response).catch((error: unknown) =>
      refuse(play, response, "?", messageOf(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/${token}/{worker}/v1`;
  const provider = { name: "script", base_url: address, wire_api: "responses" };
  return {
    model,
    config: { model_provider: "script", model_providers: { script: provider } },
    report: () => ({ problems: [...play.problems, ...leftOver(play)], usage: play.usage }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Play {
  script: Script;
  progress: Map<string, Progress>;
  problems: string[];
  usage: Usage;
}

async function handle(
  play: Play,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = /^\/([0-9a-f]+)\/([^/]+)\/v1\/(\w+)/.exec(request.url ?? "");
  if (path?.[1] !== token) return refuse(play, response, "?", `unknown address ${request.url}`);
  const worker = decodeURIComponent(path[2] ?? "");
  if (request.method !== "POST" || path[3] !== "responses") {
    response.writeHead(404).end("{}");
    return;
  }
  answer(play, worker, await readBody(request), response);
}

function answer(play: Play, worker: string, body: unknown, response: ServerResponse): void {
  const steps = play.script.workers[worker];
  const at = play.progress.get(worker) ?? { next: 0, callId: null, failed: false };
  play.progress.set(worker, at);
  const step = steps?.[at.next];
  if (steps === undefined || step === undefined || at.failed) {
    const why = steps === undefined ? "the script has no such worker" : "no step is left";
    return refuse(play, response, worker, why);
  }
  const input = typeof body === "object" && body !== null && "input" in body ? body.input : null;
  const problem = mismatch(step, newInput(input), at.callId);
  if (problem !== null) {
    at.failed = true;
    return refuse(play, response, worker, `step ${at.next + 1}: ${problem}`);
  }
  at.next += 1;
  const callId = `call_${at.next}`;
  // A request that failed comes again with the same new items.
  if (!("fail" in step.do)) at.callId = isCall(step.do) ? callId : null;
  send(play, step, callId, response);
}

function send(play: Play, step: Step, callId: string, response: ServerResponse): void {
  if ("stall" in step.do) return;
  if ("fail" in step.do) {
    response.writeHead(step.do.fail, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: step.do.message } }));
    return;
  }
  const spent = step.usage ?? play.script.usage;
  play.usage = addUsage(play.usage, spent);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const id = `response_${randomBytes(6).toString("hex")}`;
  for (const event of responseEvents(id, itemFor(step.do, callId) ?? {}, spent)) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}

/** 400: Codex gives up at once instead of trying again. */
function refuse(play: Play, response: ServerResponse, worker: string, problem: string): void {
  play.problems.push(`${worker}: ${problem}`);
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message: `script: ${worker}: ${problem}` } }));
}

function leftOver({ script, progress }: Play): string[] {
  return Object.entries(script.workers).flatMap(([worker, steps]) => {
    const left = steps.length - (progress.get(worker)?.next ?? 0);
    return left === 0 ? [] : [`${worker}: ${left} of ${steps.length} steps were not asked for`];
  });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > maxBodyBytes) throw new RangeError(`expected at most ${maxBodyBytes} bytes in a request`);
    chunks.push(piece);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return body;
}
