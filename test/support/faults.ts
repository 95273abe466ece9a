import { randomInt } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { familyOf, listProcesses, type ProcessInfo } from "../../codex/processes.ts";
import type { Action } from "../../replay/script.ts";
import { runScripted, type ScriptedRun } from "./cli.ts";
import { processesWith, until } from "./processes.ts";
import { plan, repositoryWith, script, task } from "./scripted.ts";

/** A `sleep` that can be told from all others, for a shell line. */
export interface TellableSleep {
  line: string;
  pids(): readonly number[];
}

export function tellableSleep(): TellableSleep {
  const seconds = `3${randomInt(1e9)}`;
  return { line: `sleep ${seconds}`, pids: () => processesWith(`sleep\0${seconds}`) };
}

/** Command lines of all that descends from a process. */
function commandLines(pid: number): readonly string[] {
  return descendantsOf(pid).map((one) => read(`/proc/${one.pid}/cmdline`).replaceAll("\0", " "));
}

/** Hundredths of a second that a process has computed. */
function computedBy(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
}

export function descendantsOf(pid: number): readonly ProcessInfo[] {
  return familyOf(pid, listProcesses()).filter((one) => one.pid !== pid);
}

export function stillRunning(processes: readonly ProcessInfo[]): readonly ProcessInfo[] {
  const now = new Map(listProcesses().map((one) => [one.pid, one.startTime]));
  return processes.filter(({ pid, startTime }) => now.get(pid) === startTime);
}

export interface StoppedRun extends ScriptedRun {
  /** It had come as far as it was to come. */
  reached: boolean;
  /** What descended from it when the signals were sent. */
  seen: readonly ProcessInfo[];
  /** Those of them that ran 5 s later. */
  left: readonly ProcessInfo[];
  repository: string;
}

export type Situation = Omit<Stopping, "signals" | "unwatched">;

interface Stopping {
  files: Readonly<Record<string, string>>;
  workers: Readonly<Record<string, readonly Action[]>>;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  stateDirectory?: string;
  reached: (pid: number) => boolean;
  signals: readonly NodeJS.Signals[];
  /** What watches over the run's end is killed before; what is left then is left. */
  unwatched?: boolean;
}

/** A run whose pipeline has a gate that never ends and listens to nobody. */
export const computesForEver: Situation = {
  files: {
    "src/a.txt": "a\n",
    "portcullis.yaml": "commands:\n  test: 'true'\npipelines:\n  own: { file: ci/own.yaml }\n",
    "ci/own.yaml":
      "name: own\nstages:\n  - { name: plan, kind: agent, role: planner, gates: [{ kind: custom, module: ./spin.ts }] }\n",
    "ci/spin.ts": "export default () => {\n  for (;;);\n};\n",
  },
  workers: { "plan/plan#1": [plan(task())] },
  args: ["--pipeline", "own"],
  reached: (pid) =>
    commandLines(pid).some((line) => line.includes("pipelines/host/main")) &&
    descendantsOf(pid).some((one) => computedBy(one.pid) > 60),
};

/** A run that gets signals as soon as it is as far as `reached` says, 100 ms between them. */
export async function stopRun(request: Stopping): Promise<StoppedRun> {
  const repository = repositoryWith(request.files);
  const { args = [], env = {}, stateDirectory } = request;
  let stopped: ReturnType<typeof stop> | undefined;
  const ran = await runScripted(script(request.workers), ["Do it", "--repo", repository, ...args], {
    env,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    onStart: (child) => {
      stopped = stop(child, request);
    },
  });
  const { reached = false, seen = [], left = [] } = (await stopped) ?? {};
  return { ...ran, reached, seen, left, repository };
}

async function stop(
  child: ChildProcess,
  { signals, unwatched = false, ...request }: Stopping,
): Promise<Pick<StoppedRun, "reached" | "seen" | "left">> {
  const pid = child.pid ?? -1;
  const reached = await until(() => request.reached(pid), 20_000);
  if (unwatched) killWatcher(pid);
  const seen = descendantsOf(pid);
  const at = performance.now();
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await delay(100);
    child.kill(signal);
  }
  await until(() => stillRunning(seen).length === 0, unwatched ? 0 : 5000 - (performance.now() - at));
  const left = stillRunning(seen);
  if (!unwatched) for (const one of left) process.kill(one.pid, "SIGKILL");
  await until(() => child.exitCode !== null || child.signalCode !== null, 10_000);
  child.kill("SIGKILL");
  return { reached, seen, left };
}

export function killWatcher(pid: number): void {
  const watchers = descendantsOf(pid).filter((one) =>
    read(`/proc/${one.pid}/cmdline`).includes("portcullis-watcher"),
  );
  for (const one of watchers) process.kill(one.pid, "SIGKILL");
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
