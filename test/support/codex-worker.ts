import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createCodexServer, type CodexOptions } from "../../codex/agent-server.ts";
import { mergeConfig } from "../../codex/config-values.ts";
import type { ApprovalRequest } from "../../core/approval.ts";
import type {
  AgentWorker,
  TurnOutcome,
  TurnRequest,
  WorkerActivity,
  WorkerRequest,
} from "../../core/ports/agent-server.ts";
import type { Step } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";
import { git } from "./git-repository.ts";
import { listenIn } from "./listen-in.ts";
import { nativeCodex } from "./raw-mcp.ts";
import { scratchDirectory } from "./scratch.ts";

export const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };

/** The two kinds of Codex that workers run on, by what serves them: `undefined` is the default. */
export const codexes = [
  { server: "mcp-server", path: nativeCodex },
  { server: "app-server", path: undefined },
] as const;
export type TestedCodex = (typeof codexes)[number];

export interface Places {
  /** Holds all the others. */
  root: string;
  workTree: string;
  temporary: string;
  codexHome: string;
  state: string;
}

export interface PlayedWorker extends Places {
  worker: AgentWorker;
  /** Another worker of the same run: other folders, the same Codex home and script. */
  another(request: Partial<WorkerRequest>, places: Places): Promise<AgentWorker>;
  server: ScriptServer;
  requests: ApprovalRequest[];
  activities: WorkerActivity[];
  types: string[];
  turn(prompt?: string, over?: Partial<TurnRequest>): Promise<TurnOutcome>;
}

export interface PlayOptions {
  on: TestedCodex;
  steps: (places: Places) => readonly Step[];
  request?: (places: Places) => Partial<WorkerRequest>;
  codex?: Partial<CodexOptions> | ((places: Places) => Partial<CodexOptions>);
  decision?: "approved" | "denied";
  /** Hears what Codex asks of the model. */
  asked?: (body: unknown) => void;
}

/** Folders as a run has them: a work tree and a temporary folder in a state folder, a Codex home with a login. */
export function makePlaces(): Places {
  const root = scratchDirectory("worker");
  const places = {
    root,
    workTree: join(root, "state", "work"),
    temporary: join(root, "state", "temporary"),
    codexHome: join(root, "codex-home"),
    state: join(root, "state", "store"),
  };
  for (const directory of Object.values(places)) mkdirSync(directory, { recursive: true });
  git(places.workTree, "init", "--quiet");
  writeFileSync(join(places.codexHome, "auth.json"), '{"OPENAI_API_KEY":"canary"}');
  writeFileSync(join(places.state, "db"), "canary");
  return places;
}

/** A worker on a real Codex that plays these steps; it is ended with the test. */
export async function playWorker(options: PlayOptions, places: Places = makePlaces()): Promise<PlayedWorker> {
  const server = await serveScript({
    version: 1,
    usage,
    workers: { "execute/t#1": [...options.steps(places)] },
  });
  onTestFinished(() => server.close());
  const { PATH = "" } = process.env;
  const more = typeof options.codex === "function" ? options.codex(places) : options.codex;
  const codex = createCodexServer({
    environment: { PATH, HOME: places.root, SECRET: "canary", OPENAI_API_KEY: "canary" },
    codexHome: places.codexHome,
    model: server.model,
    ...(options.on.path === undefined ? {} : { path: options.on.path }),
    ...more,
    config: mergeConfig(await providerOf(server, options.asked), more?.config ?? {}),
  });
  const requests: ApprovalRequest[] = [];
  const activities: WorkerActivity[] = [];
  const types: string[] = [];
  const start = async (own: Places, request: Partial<WorkerRequest>): Promise<AgentWorker> => {
    const whole: WorkerRequest = {
      workerId: "execute/t#1",
      directory: own.workTree,
      temporaryDirectory: own.temporary,
      access: "write",
      instructions: "Do it.",
      environment: { PATH, GIVEN: "given" },
      denied: [own.state],
      ...request,
    };
    const started = await codex.startWorker(whole, {
      wire: ({ type }) => types.push(type),
      activity: (activity) => activities.push(activity),
      approve: (asked) => {
        requests.push(asked);
        return Promise.resolve({ decision: options.decision ?? "denied", by: "policy", why: "a test" });
      },
    });
    onTestFinished(async () => {
      await started.end();
    });
    return started;
  };
  const worker = await start(places, options.request?.(places) ?? {});
  expect(worker.server.server).toBe(options.on.server);
  const turn: PlayedWorker["turn"] = (prompt = "go", over = {}) => takeTurn(worker, prompt, over);
  const another: PlayedWorker["another"] = (request, own) => start(own, request);
  return { ...places, worker, another, server, requests, activities, types, turn };
}

async function providerOf(
  { config }: ScriptServer,
  asked: PlayOptions["asked"],
): Promise<ScriptServer["config"]> {
  const { script } = config.model_providers;
  if (asked === undefined) return config;
  return {
    ...config,
    model_providers: { script: { ...script, base_url: await listenIn(script.base_url, asked) } },
  };
}

/** One turn with a deadline below that of a test. */
export function takeTurn(
  worker: AgentWorker,
  prompt: string,
  over: Partial<TurnRequest> = {},
): Promise<TurnOutcome> {
  return worker.runTurn({ prompt, timeoutMs: 50_000, signal: new AbortController().signal, ...over });
}
