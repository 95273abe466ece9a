import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { serveScript, startRun, type Script } from "../index.ts";

/** Workers one after another in one orchestrator: open files and memory at the end, against those after the first 20. */
const perRun = 50;
const runs = Math.ceil(Number(process.argv[3] ?? 500) / perRun);
const settledAfter = 20;
const allowedShare = 1.1;

type Step = Script["workers"][string][number];
type Settings = Awaited<ReturnType<typeof serveScript>>;
const say = (value: Record<string, unknown>): Step => ({ do: { say: value } });

function script(): Script {
  const ids = Array.from({ length: perRun }, (_none, index) => `task-${index}`);
  const tasks = ids.map((id) => ({
    id,
    title: `Write ${id}`,
    description: "Write a file.",
    scope: ["src/**"],
    dependsOn: [],
    commands: ["test"],
    artifacts: [],
  }));
  const worker = (id: string): [string, Step[]] => [
    `execute/${id}#1`,
    [
      { do: { write: `src/${id}.txt`, content: `${id}\n` } },
      say({ taskId: id, status: "done", summary: "done", artifacts: [] }),
    ],
  ];
  return {
    version: 1,
    workers: {
      "plan/plan#1": [say({ summary: "the plan", tasks })],
      ...Object.fromEntries(ids.map(worker)),
      "verify/verify#1": [say({ verdict: "accept", summary: "fine", findings: [] })],
    },
  };
}

/** The model's server is a process of its own: what it keeps is not the orchestrator's. */
async function serve(): Promise<void> {
  const { model, config } = await serveScript(script());
  process.send?.({ model, config });
}

function measure(): { files: number; megabytes: number } {
  globalThis.gc?.();
  const files = readdirSync("/proc/self/fd").length;
  return { files, megabytes: process.memoryUsage.rss() / 1024 / 1024 };
}

async function main(): Promise<void> {
  const cache = join(homedir(), ".cache");
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, "portcullis-bench-"));
  const repository = join(home, "repository");
  for (const directory of [repository, join(home, "codex-home")]) mkdirSync(directory);
  writeFileSync(join(repository, "portcullis.yaml"), "commands:\n  test: 'true'\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository });
  git("init", "--quiet");
  git("add", "-A");
  git("-c", "user.name=B", "-c", "user.email=b@localhost", "commit", "--quiet", "-m", "base");
  const seen: (ReturnType<typeof measure> & { workers: number })[] = [];
  let workers = 0;
  for (let run = 0; run < runs; run += 1) {
    const server = fork(import.meta.filename, ["serve"]);
    const [{ model, config }] = (await once(server, "message")) as [Pick<Settings, "model" | "config">];
    const { state } = await startRun({
      goal: "Write files",
      repository,
      stateDirectory: join(home, "state"),
      codexHome: join(home, "codex-home"),
      model,
      codexSettings: config,
      onEvent: ({ event }) => {
        if (event.type !== "worker.ended") return;
        workers += 1;
        if (workers === settledAfter || workers % 100 === 0) seen.push({ workers, ...measure() });
      },
    });
    server.kill();
    await once(server, "exit");
    if (state.status !== "passed") throw new Error(`${state.status}: ${state.reason?.message ?? ""}`);
  }
  seen.push({ workers, ...measure() });
  rmSync(home, { recursive: true, force: true });
  for (const { workers: after, files, megabytes } of seen) {
    process.stdout.write(
      `after ${String(after).padStart(4)} workers: ${files} open files, ${megabytes.toFixed(0)} MB\n`,
    );
  }
  const [first, last] = [seen[0], seen.at(-1)];
  const flat =
    first !== undefined &&
    last !== undefined &&
    last.files <= first.files * allowedShare &&
    last.megabytes <= first.megabytes * allowedShare;
  process.stdout.write(`flat within ${Math.round((allowedShare - 1) * 100)} %: ${flat ? "yes" : "no"}\n`);
  if (!flat) process.exitCode = 1;
}

await (process.argv[2] === "serve" ? serve() : main());
