import { execFileSync, spawnSync, type ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { checkCommit, definePipeline } from "../index.ts";
import { median } from "./median.ts";

/**
 * What a gate takes beyond its command, on a repository of 20,000 files: from the intent to the verdict, both durable. Before
 * each measured gate another one runs long enough for a checkout to be made ahead. `npm run bench -- gates [SAMPLES] [FILES]`;
 * the variable PAUSE is the command in between: a slow disk needs a longer one
 */
const samples = Number(process.argv[3] ?? 8);
const files = Number(process.argv[4] ?? 20_000);
const allowedMs = 150;
const measured = ["true", "sleep 0.3"];
const pause = process.env["PAUSE"] ?? "sleep 15";

const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const repository = join(home, "repository");

/** Names of commands sort as they run: a pause before each that is measured. */
const commands = new Map<string, string>();
for (let sample = 0; sample <= samples; sample += 1) {
  for (const [index, line] of measured.entries()) {
    const number = String(sample * measured.length + index).padStart(3, "0");
    commands.set(`run-${number}-a-pause`, pause).set(`run-${number}-b-gate`, line);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function commit(message: string): void {
  const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: repository });
  git("add", "-A");
  git("-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "--quiet", "-m", message);
}

mkdirSync(repository);
execFileSync("git", ["init", "--quiet"], { cwd: repository });
const lines = [...commands].map(([name, line]) => `  ${name}: ${JSON.stringify(line)}\n`).join("");
write("portcullis.yaml", `commands:\n${lines}`);
write("package.json", `{"scripts":{"test":"true"}}\n`);
const pathOf = (index: number): string => `src/part-${index % 400}/file-${index}.ts`;
for (let index = 0; index < files; index += 1) {
  write(pathOf(index), `export const n${index} = ${JSON.stringify("x".repeat(6900))};\n`);
}
commit("base");
for (let index = 0; index < 20; index += 1) write(pathOf(index * 7), `export const changed = ${index};\n`);
commit("candidate");

interface Phases {
  whole: number;
  /** Until the sandbox is started: the checkout, and what it may not read. */
  before: number;
  sandbox: number;
  /** Evidence, the runner's name, the tree's hash, the log. */
  after: number;
}

let intended = 0;
let started = 0;
let ended = 0;
let current = "";
subscribe("child_process", (message) => {
  const { process: child } = message as { process: ChildProcess };
  const born = performance.now();
  child.once("spawn", () => {
    if (!child.spawnargs.includes("sandbox")) return;
    started = born;
    child.once("close", () => (ended = performance.now()));
  });
});

const phases = new Map(measured.map((line): [string, Phases[]] => [line, []]));
const stages = [
  { name: "judge", kind: "check", role: null, gates: [{ kind: "commands", which: "all" }] },
] as const;
const { state } = await checkCommit({
  repository,
  stateDirectory: join(home, "state"),
  pipeline: definePipeline({ name: "gates", stages: [{ ...stages[0], gates: [...stages[0].gates] }] }),
  onEvent: ({ event }) => {
    if (event.type === "effect.intended") {
      intended = performance.now();
      const { effect } = event.payload;
      current = effect.kind === "judge" ? (effect.command ?? "") : "";
    }
    if (event.type === "gate.judged" && current.endsWith("-b-gate")) {
      const now = performance.now();
      phases.get(commands.get(current) ?? "")?.push({
        whole: now - intended,
        before: started - intended,
        sandbox: ended - started,
        after: now - ended,
      });
    }
  },
});
if (state.status !== "passed")
  throw new Error(`the check ended ${state.status}: ${JSON.stringify(state.reason)}`);

function bare(line: string): number {
  const times = Array.from({ length: samples }, () => {
    const from = performance.now();
    spawnSync("/bin/bash", ["-c", line], { cwd: repository, stdio: "ignore" });
    return performance.now() - from;
  });
  return median(times);
}

const p90 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? Number.NaN;
const ms = (value: number): string => value.toFixed(1).padStart(8);
process.stdout.write(`${files} files, ${samples} of each, in ms\n`);
process.stdout.write(`${" ".repeat(12)}   whole    bare     over      p90 |  before sandbox   after\n`);
for (const [line, all] of phases) {
  // The first fills the caches.
  const warm = all.slice(1);
  const own = bare(line);
  const of = (phase: keyof Phases): number => median(warm.map((one) => one[phase]));
  const over = warm.map(({ whole }) => whole - own);
  const parts = [of("before"), of("sandbox") - own, of("after")];
  process.stdout.write(
    `${line.padEnd(12)}${ms(of("whole"))}${ms(own)}${ms(median(over))} ${ms(p90(over))} |${parts.map(ms).join("")}\n`,
  );
  if (!(median(over) <= allowedMs)) process.exitCode = 1;
}
process.stdout.write(
  `limit ${allowedMs} ms over the bare command: ${process.exitCode === 1 ? "exceeded" : "kept"}\n`,
);
rmSync(home, { recursive: true, force: true });
