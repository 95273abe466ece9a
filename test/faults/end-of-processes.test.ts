/** FAULTS 5: cancel, deadline or Ctrl-C: no descendant alive after 5 s. The same for SIGTERM and for a crash. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { portcullis } from "../support/cli.ts";
import {
  computesForEver,
  stopRun,
  tellableSleep,
  type Situation,
  type StoppedRun,
  type TellableSleep,
} from "../support/faults.ts";
import { makeRepository } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { done, plan, task } from "../support/scripted.ts";

const files = { "src/a.txt": "a\n", "portcullis.yaml": "commands:\n  test: 'true'\n" };
const planned = { "plan/plan#1": [plan(task())] };

/** Three of them, one in a session of its own. */
const three = ({ line }: TellableSleep): string => `setsid ${line} & ${line} & ${line}`;
const hasThree = (sleep: TellableSleep) => () => sleep.pids().length >= 3;

const situations: Readonly<Record<string, (sleep: TellableSleep) => Situation>> = {
  "a worker runs a command": (sleep) => ({
    files,
    workers: { ...planned, "execute/work#1": [{ run: three(sleep) }] },
    reached: hasThree(sleep),
  }),
  "a gate runs a command": (sleep) => ({
    files: { ...files, "portcullis.yaml": `commands:\n  test: '${three(sleep)}'\n` },
    workers: { ...planned, "execute/work#1": [{ write: "src/a.txt", content: "b\n" }, done()] },
    reached: hasThree(sleep),
  }),
  "setup runs": (sleep) => ({
    files: { ...files, "portcullis.yaml": `setup: '${three(sleep)}'\ncommands:\n  test: 'true'\n` },
    workers: {},
    reached: hasThree(sleep),
  }),
  "a gate of the pipeline's own computes for ever": () => computesForEver,
  "a server of the user's own ignores every signal and the end of its input": (sleep) => {
    const codexHome = scratchDirectory("codex-home");
    const program = `trap '' TERM INT HUP; setsid ${sleep.line} & ${sleep.line} & while :; do ${sleep.line}; done`;
    const config = `[mcp_servers.stubborn]\ncommand = "/bin/sh"\nargs = ["-c", "${program}"]\n`;
    writeFileSync(join(codexHome, "config.toml"), config);
    return {
      files,
      workers: { "plan/plan#1": [{ stall: true }] },
      env: { CODEX_HOME: codexHome },
      reached: hasThree(sleep),
    };
  },
};

const names = Object.keys(situations);
const [worker = "", gate = "", setup = "", custom = "", stubborn = ""] = names;

const stops: readonly [
  what: string,
  signals: readonly NodeJS.Signals[],
  exitCode: number | null,
  when: string,
][] = [
  ...names.map((when): (typeof stops)[number] => ["a crash", ["SIGKILL"], null, when]),
  ["Ctrl-C", ["SIGINT"], 130, worker],
  ["Ctrl-C", ["SIGINT"], 130, custom],
  ["Ctrl-C", ["SIGINT"], 130, setup],
  ["Ctrl-C", ["SIGINT"], 130, stubborn],
  ["SIGTERM", ["SIGTERM"], 130, gate],
  ["Ctrl-C twice", ["SIGINT", "SIGINT"], 130, custom],
  ["Ctrl-C twice", ["SIGINT", "SIGINT"], 130, stubborn],
];

function expectNothingLeft(run: StoppedRun, sleep: TellableSleep): void {
  expect(run.reached).toBe(true);
  expect(run.left).toEqual([]);
  expect(sleep.pids()).toEqual([]);
}

describe("given a run", () => {
  it.each(stops)(
    "when %s (%j, exit code %j) comes while %s, then nothing of it is alive after 5 s",
    async (...row) => {
      const [, signals, exitCode, when] = row;
      const sleep = tellableSleep();
      onTestFinished(() => sleep.pids().forEach((pid) => process.kill(pid, "SIGKILL")));
      const run = await stopRun({ ...situations[when]!(sleep), signals });
      expectNothingLeft(run, sleep);
      expect(run.exitCode).toBe(exitCode);
    },
  );

  it("when a command reaches its deadline, then nothing of it is alive when the run goes on", async () => {
    const sleep = tellableSleep();
    const pipeline = join(scratchDirectory("pipeline"), "short.yaml");
    const stage = "{ name: check, kind: check, role: null, gates: [{ kind: commands, which: all }] }";
    writeFileSync(pipeline, `name: short\nlimits: { commandTimeoutMs: 1000 }\nstages:\n  - ${stage}\n`);
    const { root } = makeRepository(files);
    const place = ["--repo", root, "--base", "HEAD", "--state-dir", scratchDirectory("state")];
    const ran = await portcullis(["check", "--pipeline", pipeline, "--check", three(sleep), ...place]);
    expect(sleep.pids()).toEqual([]);
    expect(ran.exitCode).toBe(1);
  });
});
