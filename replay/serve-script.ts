import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../core/errors.ts";
import { addUsage, noUsage, type Usage } from "../core/usage.ts";
import { checkScript } from "./check-script.ts";
import { playStep, sendError } from "./play-step.ts";
import { readBody } from "./read-body.ts";
import { renderings, type Rendering, type WireVersion } from "./render-response.ts";
import type { Script } from "./script.ts";
import { notStarted, takeStep, type Progress } from "./take-step.ts";

const maxBodyBytes = 32 * 1024 * 1024;
/** After so many requests every other is refused: something asks for ever. */
const maxRequests = 100_000;
const maxConnections = 1000;
/** For a client that sends on after it was refused. */
const lingerMs = 5000;
/** What else goes wrong is no longer told. */
const maxProblems = 1000;
/** The model's name decides which tools Codex offers; with this one it offers `apply_patch`. */
const defaultModel = "gpt-5.5";

export interface ScriptReport {
  /** Whether the script was played to its end, and nothing else was asked for. */
  complete: boolean;
  /** Requests that no step expected, and steps that nobody asked for; empty where `complete`. */
  problems: readonly string[];
  /** Steps that nobody asked for, by worker; workers without any are not there. */
  leftOver: Readonly<Record<string, number>>;
  /** Of all whole responses that were sent. */
  usage: Usage;
  usageByWorker: Readonly<Record<string, Usage>>;
}

export interface ScriptServer {
  /** Codex configuration for workers; `{worker}` is to be replaced by the worker's name, URL-encoded. No key is needed. */
  config: {
    model_provider: string;
    model_providers: { script: { name: string; base_url: string; wire_api: string } };
  };
  model: string;
  /** The same configuration for one worker, with nothing left to replace. */
  configFor(worker: string): ScriptServer["config"];
  report(): ScriptReport;
  /** Ends open connections, and with them what stalls. */
  close(): Promise<void>;
}

/**
 * Plays a script on 127.0.0.1, one address for each worker. What does not match is refused with status 400, which Codex
 * does not try again, and told in the report; nothing more is played to that worker. Error: `script.invalid`.
 */
export async function serveScript(
  script: Script,
  options: { wire?: WireVersion } = {},
): Promise<ScriptServer> {
  const valid = checkScript(script, "script");
  const rendering = renderings[options.wire ?? "responses-1"];
  const play: Play = { script: valid, rendering, requests: 0, workers: new Map(), problems: [] };
  const token = randomBytes(8).toString("hex");
  const server = createServer((request, response) => {
    handle(play, token, request, response).catch((error: unknown) =>
      refuse(play, response, "?", messageOf(error)),
    );
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const configAt = (worker: string): ScriptServer["config"] => {
    const base_url = `http://127.0.0.1:${port}/${token}/${worker}/v1`;
    return {
      model_provider: "script",
      model_providers: { script: { name: "script", base_url, wire_api: "responses" } },
    };
  };
  return {
    model: valid.model ?? defaultModel,
    config: configAt("{worker}"),
    configFor: (worker) => configAt(encodeURIComponent(worker)),
    report: () => reportOf(play),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Played {
  progress: Progress;
  usage: Usage;
}

interface Play {
  script: Script;
  rendering: Rendering;
  requests: number;
  /** Of the script's workers alone. */
  workers: Map<string, Played>;
  problems: string[];
}

async function handle(
  play: Play,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  play.requests += 1;
  if (play.requests > maxRequests) {
    return refuse(play, response, "?", `expected at most ${maxRequests} requests`);
  }
  const path = /^\/([0-9a-f]+)\/([^/?]+)\/v1\/(responses|models)(?:\?.*)?$/.exec(request.url ?? "");
  const worker = decoded(path?.[2]);
  if (path?.[1] !== token || worker === null) {
    return refuse(play, response, "?", `unknown address ${request.method} ${request.url?.slice(0, 500)}`);
  }
  if (path[3] === "models") return sendError(response, 404, "a script lists no models");
  if (request.method !== "POST") {
    return refuse(play, response, worker, `expected a POST, found ${request.method}`);
  }
  const body = await readBody(request, maxBodyBytes);
  answer(play, worker, body === null ? tooLong : inputOf(body), response);
}

const tooLong = Symbol("too long");
const notJson = Symbol("not JSON");

function answer(play: Play, worker: string, input: unknown, response: ServerResponse): void {
  const steps = Object.hasOwn(play.script.workers, worker) ? play.script.workers[worker] : undefined;
  const at = play.workers.get(worker) ?? { progress: notStarted, usage: noUsage };
  const garbage =
    input === tooLong
      ? `expected at most ${maxBodyBytes} bytes in a request`
      : input === notJson
        ? "expected JSON with 'input' in a request"
        : null;
  const taken =
    garbage === null
      ? takeStep(steps, at.progress, input)
      : { problem: garbage, progress: { ...at.progress, failed: true } };
  if (steps !== undefined) play.workers.set(worker, { ...at, progress: taken.progress });
  if (taken.problem !== undefined) return refuse(play, response, worker, taken.problem);
  const usage = taken.step.usage ?? play.script.usage ?? noUsage;
  const id = `response_${randomBytes(6).toString("hex")}`;
  const whole = playStep(response, play.rendering, { step: taken.step, ids: taken.ids, id, usage });
  if (whole) play.workers.set(worker, { progress: taken.progress, usage: addUsage(at.usage, usage) });
}

/** 400: Codex gives up at once instead of trying again. A request that goes on all the same is cut off after a while. */
function refuse(play: Play, response: ServerResponse, worker: string, problem: string): void {
  if (play.problems.length < maxProblems) play.problems.push(`${worker}: ${problem}`);
  if (!response.req.complete) {
    // Until then the rest is read: a connection that ends with bytes unread is reset, and that may take the answer with it.
    const timer = setTimeout(() => response.req.destroy(), lingerMs).unref();
    response.req.once("close", () => clearTimeout(timer)).resume();
  }
  sendError(response, 400, `script: ${worker}: ${problem}`);
}

function reportOf({ script, workers, problems }: Play): ScriptReport {
  const left = Object.entries(script.workers).flatMap(([worker, { length }]): [string, number][] => {
    const count = length - (workers.get(worker)?.progress.taken ?? 0);
    return count === 0 ? [] : [[worker, count]];
  });
  const leftOver = left.map(
    ([worker, count]) => `${worker}: ${count} of ${script.workers[worker]?.length} steps were not asked for`,
  );
  const usageByWorker = Object.fromEntries([...workers].map(([worker, { usage }]) => [worker, usage]));
  return {
    complete: problems.length + left.length === 0,
    problems: [...problems, ...leftOver],
    leftOver: Object.fromEntries(left),
    usage: Object.values(usageByWorker).reduce(addUsage, noUsage),
    usageByWorker,
  };
}

function decoded(part: string | undefined): string | null {
  try {
    return part === undefined ? null : decodeURIComponent(part);
  } catch {
    return null;
  }
}

function inputOf(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "input" in parsed ? parsed.input : notJson;
  } catch {
    return notJson;
  }
}
