import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { definePipeline, planExecuteVerify, serveScript, startRun, type Script } from "../index.ts";
import { bareCall } from "./bare-call.ts";
import { median } from "./median.ts";

/** The last Codex that serves MCP by itself. */
const nativeCodex = join(
  import.meta.dirname,
  "../node_modules/codex-0.153.4/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex",
);

/** A bare `codex` call against the same turn through the orchestrator: intent, prompt kept, wire recorded, outcome durable. */
const rounds = Number(process.argv[3] ?? 50);
const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const state = join(home, "state");
const repository = join(home, "repository");
const codexHome = join(home, "codex-home");
mkdirSync(repository);
mkdirSync(codexHome);
writeFileSync(join(repository, "a.txt"), "a\n");
const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: repository });
git("init", "--quiet");
git("add", "-A");
git("-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "--quiet", "-m", "base");
// As workers have it: a work tree of a bare clone. In a plain checkout a Codex starts its turn some 3 ms earlier.
const workTree = join(home, "work-tree");
execFileSync("git", ["clone", "--quiet", "--bare", repository, join(home, "clone.git")]);
execFileSync("git", ["-C", join(home, "clone.git"), "worktree", "add", "--quiet", "--detach", workTree]);

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

async function throughOrchestrator(codexPath: string): Promise<number> {
  const server = await serveScript(script);
  let started = 0;
  let took = Number.NaN;
  const result = await startRun({
    goal: "answer",
    repository,
    stateDirectory: state,
    pipeline,
    checks: ["true"],
    codexHome,
    codexPath,
    model: server.model,
    codexSettings: server.config,
    onEvent: ({ event }) => {
      if (event.type === "worker.started") started = performance.now();
      if (event.type === "turn.finished") took = performance.now() - started;
    },
  });
  await server.close();
  if (result.state.status !== "passed") throw new Error(`the run ended ${result.state.status}`);
  return took;
}

interface Turn {
  args: Record<string, unknown>;
  env: Record<string, string>;
}

/** The very call that the orchestrator makes, and the variables of its server: taken down by a Codex that is a `tee`. */
async function takeDown(): Promise<Turn> {
  const [calls, variables, wrapper] = ["calls", "variables", "codex.sh"].map((name) => join(home, name));
  if (calls === undefined || variables === undefined || wrapper === undefined) throw new Error("unreachable");
  const tee = `#!/bin/sh\nenv -0 > ${variables}\ntee -a ${calls} | ${nativeCodex} "$@"\n`;
  writeFileSync(wrapper, tee, { mode: 0o755 });
  await throughOrchestrator(wrapper);
  const messages = readFileSync(calls, "utf8").trim().split("\n");
  const call = messages
    .map((line) => JSON.parse(line) as Message)
    .find(({ method }) => method === "tools/call");
  const entries = readFileSync(variables, "utf8")
    .split("\0")
    .filter((entry) => entry.includes("="));
  return {
    args: call?.params?.arguments ?? {},
    env: Object.fromEntries(entries.map((entry): [string, string] => splitOnce(entry))),
  };
}

interface Message {
  method?: string;
  params?: { arguments?: Record<string, unknown> };
}

function splitOnce(entry: string): [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}

async function bare({ args, env }: Turn): Promise<number> {
  const server = await serveScript(script);
  const config = { ...(args["config"] as object), ...server.configFor("plan/plan#1") };
  const took = await bareCall(nativeCodex, { ...args, model: server.model, cwd: workTree, config }, env);
  await server.close();
  return took;
}

const same = await takeDown();
const least: Turn = {
  args: {
    prompt: "answer",
    "approval-policy": "on-request",
    config: { features: { shell_snapshot: false } },
  },
  env: same.env,
};
const times: Record<"least" | "same" | "orchestrated", number[]> = { least: [], same: [], orchestrated: [] };
for (let round = 0; round <= rounds; round += 1) {
  const figures = {
    least: await bare(least),
    same: await bare(same),
    orchestrated: await throughOrchestrator(nativeCodex),
  };
  // The first round fills the caches.
  if (round === 0) continue;
  for (const name of ["least", "same", "orchestrated"] as const) times[name].push(figures[name]);
}
rmSync(home, { recursive: true, force: true });
const a = median(times.same);
const b = median(times.orchestrated);
const allowed = Math.max(8, a * 0.05);
const row = (name: string, ms: number): string => `${name.padEnd(44)} ${ms.toFixed(1).padStart(6)} ms\n`;
process.stdout.write(
  `${rounds} of each, alternating, medians\n` +
    row("bare codex call, one word, no profile", median(times.least)) +
    row("bare codex call, the same turn", a) +
    row("the turn through the orchestrator", b) +
    row(`difference to the same turn (allowed ${allowed.toFixed(1)})`, b - a) +
    `ratio ${(b / a).toFixed(3)}\n`,
);
if (b - a > allowed) process.exitCode = 1;
