import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createCodexServer, type CodexOptions } from "../../codex/agent-server.ts";
import { mergeConfig } from "../../codex/config-values.ts";
import type { ApprovalRequest } from "../../core/approval.ts";
import type {
  AgentWorker,
  TurnOutcome,
  WorkerActivity,
  WorkerRequest,
} from "../../core/ports/agent-server.ts";
import type { Step } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";
import { git } from "./git-repository.ts";
import { scratchDirectory } from "./scratch.ts";

export const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };

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
  server: ScriptServer;
  requests: ApprovalRequest[];
  activities: WorkerActivity[];
  types: string[];
  turn(prompt?: string, over?: { timeoutMs?: number; signal?: AbortSignal }): Promise<TurnOutcome>;
}

export interface PlayOptions {
  steps: (places: Places) => readonly Step[];
  request?: (places: Places) => Partial<WorkerRequest>;
  codex?: Partial<CodexOptions> | ((places: Places) => Partial<CodexOptions>);
  decision?: "approved" | "denied";
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
    ...more,
    config: mergeConfig(server.config, more?.config ?? {}),
  });
  const requests: ApprovalRequest[] = [];
  const activities: WorkerActivity[] = [];
  const types: string[] = [];
  const worker = await codex.startWorker(
    {
      workerId: "execute/t#1",
      directory: places.workTree,
      temporaryDirectory: places.temporary,
      access: "write",
      instructions: "Do it.",
      environment: { PATH, GIVEN: "given" },
      denied: [places.state],
      ...options.request?.(places),
    },
    {
      wire: ({ type }) => types.push(type),
      activity: (activity) => activities.push(activity),
      approve: (request) => {
        requests.push(request);
        return Promise.resolve({ decision: options.decision ?? "denied", by: "policy", why: "a test" });
      },
    },
  );
  onTestFinished(async () => {
    await worker.end();
  });
  const turn: PlayedWorker["turn"] = (prompt = "go", over = {}) =>
    worker.runTurn({
      prompt,
      timeoutMs: over.timeoutMs ?? 50_000,
      signal: over.signal ?? new AbortController().signal,
    });
  return { ...places, worker, server, requests, activities, types, turn };
}
