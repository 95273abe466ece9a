import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { definePipeline, planExecuteVerify, serveScript, startRun, type Script } from "../index.ts";
import { bareCall } from "./bare-call.ts";
import { median } from "./median.ts";

/** A bare `codex` call against the same turn through the orchestrator: intent, prompt kept, wire recorded, outcome durable. */
const rounds = Number(process.argv[3] ?? 50);
const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const repository = join(home, "repository");
const codexHome = join(home, "codex-home");
mkdirSync(repository);
mkdirSync(codexHome);
writeFileSync(join(repository, "a.txt"), "a\n");
const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: repository });
git("init", "--quiet");
git("add", "-A");
git("-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "--quiet", "-m", "base");

const pipeline = definePipeline({
  ...planExecuteVerify,
  name: "one-turn",
  stages: [{ name: "plan", kind: "agent", role: "planner", gates: [{ kind: "handoff" }] }],
});
const task = {
  id: "a",
  title: "a",
  description: "a",
  scope: ["a"],
  dependsOn: [],
  commands: ["check"],
  artifacts: [],
};
const answer = { summary: "fine", tasks: [task] };
const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const script: Script = { version: 1, usage, workers: { "plan/plan#1": [{ do: { say: answer } }] } };

async function throughOrchestrator(): Promise<{ took: number; path: string }> {
  const server = await serveScript(script);
  let started = 0;
  let took = Number.NaN;
  let path = "";
  const result = await startRun({
    goal: "answer",
    repository,
    stateDirectory: join(home, "state"),
    pipeline,
    checks: ["true"],
    codexHome,
    model: server.model,
    codexSettings: server.config,
    onEvent: ({ event }) => {
      if (event.type === "run.started") path = event.payload.codex.path;
      if (event.type === "worker.started") started = performance.now();
      if (event.type === "turn.finished") took = performance.now() - started;
    },
  });
  await server.close();
  if (result.state.status !== "passed") throw new Error(`the run ended ${result.state.status}`);
  return { took, path };
}

async function bare(path: string): Promise<number> {
  const server = await serveScript(script);
  const base_url = server.config.model_providers.script.base_url.replace("{worker}", "plan%2Fplan%231");
  const providers = { script: { ...server.config.model_providers.script, base_url } };
  const config = {
    model_provider: "script",
    model_providers: providers,
    features: { shell_snapshot: false },
  };
  const args = {
    prompt: "answer",
    model: server.model,
    cwd: repository,
    "approval-policy": "on-request",
    config,
  };
  const { PATH = "", HOME = "" } = process.env;
  const took = await bareCall(path, args, { PATH, HOME, CODEX_HOME: codexHome });
  await server.close();
  return took;
}

const { path } = await throughOrchestrator();
await bare(path);
const times: Record<"bare" | "orchestrated", number[]> = { bare: [], orchestrated: [] };
for (let round = 0; round < rounds; round += 1) {
  times.bare.push(await bare(path));
  times.orchestrated.push((await throughOrchestrator()).took);
}
rmSync(home, { recursive: true, force: true });
const a = median(times.bare);
const b = median(times.orchestrated);
const allowed = Math.max(8, a * 0.05);
process.stdout.write(
  `${rounds} of each, alternating\nbare codex call      ${a.toFixed(1)} ms\nthrough orchestrator ${b.toFixed(1)} ms\n` +
    `difference           ${(b - a).toFixed(1)} ms (allowed ${allowed.toFixed(1)} ms)\nratio                ${(b / a).toFixed(3)}\n`,
);
if (b - a > allowed) process.exitCode = 1;
