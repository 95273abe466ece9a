import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../cli/table.ts";
import { portcullis, runScripted } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { plan, repositoryWith, script, task } from "../support/scripted.ts";

const bin = join(import.meta.dirname, "../../bin/portcullis.mjs");
const names = commands.map(({ name }) => name);
const files = { "a.txt": "a\n", "portcullis.yaml": "commands:\n  test: 'false'\n" };

describe("help", () => {
  it.each(names)(
    "given '%s --help', then it answers on stdout with exit code 0 and does nothing",
    async (name) => {
      const { summary } = commands.find((entry) => entry.name === name)!;
      const state = join(scratchDirectory("state"), "state");
      const helps = new Set<string>();
      for (const args of [
        [...name.split(" "), "--help"],
        [...name.split(" "), "-h"],
        ["help", ...name.split(" ")],
        ["--state-dir", state, ...name.split(" "), "--help"],
      ]) {
        const ran = await portcullis(args);
        expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
        expect(ran.stdout).toContain(`Usage: portcullis ${name}`);
        expect(ran.stdout).toContain(summary);
        helps.add(ran.stdout);
      }
      expect([...helps]).toHaveLength(1);
      expect(readdirSync(join(state, ".."))).toEqual([]);
    },
  );

  it.each([[["--help"]], [["-h"]], [["help"]], [["--help", "run"]]])(
    "given %j, then all commands are listed",
    async (args) => {
      const ran = await portcullis(args);
      expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
      for (const name of names) expect(ran.stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    },
  );

  it("given --version, then it is the package's", async () => {
    expect((await portcullis(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("given nothing at all, then the help goes to stderr, as wrong usage", async () => {
    const ran = await portcullis([]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain("Usage: portcullis");
  });
});

describe("wrong usage is one line with a remedy, on stderr, with exit code 2", () => {
  it.each([
    [["shwo"], /unknown command 'shwo'\n.*'portcullis show'/],
    [["deploy"], /unknown command 'deploy'\n.*--help/],
    [["help", "shwo"], /'portcullis show'/],
    [["--nope"], /unknown option '--nope'/],
    [["-v"], /unknown option '-v'/],
    [["--state-dir", "x"], /no command/],
    ...["run", "runs", "show", "gates", "trace", "events", "init", "demo"].map((name): [string[], RegExp] => [
      [name, "--nope"],
      new RegExp(`unknown option '--nope'\\n.*portcullis ${name} --help`),
    ]),
    [["show"], /missing required argument 'run'/],
    [["show", "a", "b"], /too many arguments/],
    [["runs", "x"], /too many arguments/],
    [["runs", "--limit", "0"], /from 1 to 1000 for --limit, found '0'/],
    [["runs", "--limit", "many"], /from 1 to 1000 for --limit, found 'many'/],
    [["runs", "--log-level", "loud"], /'loud' is invalid.*debug/],
    [["--log-level", "loud", "runs"], /'loud' is invalid.*debug/],
    [["run"], /no goal is given/],
    [["run", "a", "--goal-file", "b"], /given twice/],
    [["run", "--goal-file", "/nowhere"], /cannot be read/],
    [["run", "a", "--check"], /--check/],
    [["runs", "--state-dir"], /--state-dir/],
  ] as [string[], RegExp][])("given %j", async (args, says) => {
    const ran = await portcullis(args, { env: { XDG_STATE_HOME: scratchDirectory("state") } });
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
  });

  it("given an empty or blank --check, then a run is refused: it would pass whatever the work is", async () => {
    for (const check of ["", "  "]) {
      const ran = await portcullis([
        "run",
        "Do it",
        "--repo",
        repositoryWith({ "a.txt": "" }),
        "--check",
        check,
      ]);
      expect(ran).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("expected --check to name a shell line that runs something"),
      });
    }
  });
});

describe("given no run at all", () => {
  const state = () => join(scratchDirectory("none"), "state");

  it("then runs says so, or an empty list, and makes nothing", async () => {
    const directory = state();
    expect((await portcullis(["runs", "--state-dir", directory])).stdout).toContain("no runs yet");
    expect((await portcullis(["runs", "--json", "--state-dir", directory])).stdout).toBe("[]\n");
    expect(readdirSync(join(directory, ".."))).toEqual([]);
  });

  it.each(["show", "gates", "trace", "events"])(
    "then %s latest is refused with what to do, and makes nothing",
    async (name) => {
      const directory = state();
      const ran = await portcullis([name, "latest", "--json", "--state-dir", directory]);
      expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
      expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .*portcullis .+\n$/);
      expect(readdirSync(join(directory, ".."))).toEqual([]);
    },
  );
});

describe("given a reader that leaves", () => {
  it("then a run goes on, and its exit code is what it came to", async () => {
    const ran = await runScripted(
      script({ "plan/plan#1": [plan(task())] }),
      ["Do it", "--repo", repositoryWith(files)],
      {
        onStart: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
      },
    );
    expect(ran.exitCode).toBe(6);
    const { stdout } = await portcullis(["runs", "--json", "--state-dir", ran.stateDirectory]);
    expect(JSON.parse(stdout)).toMatchObject([{ status: "errored" }]);
    for (const command of ["events latest", "trace latest --json", "runs"]) {
      const line = `node ${bin} ${command} --state-dir ${ran.stateDirectory} | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}`;
      const piped = spawnSync("bash", ["-c", line], { encoding: "utf8" });
      expect(piped).toMatchObject({ stdout: "0\n", stderr: "" });
    }
  });

  it("then closing the terminal interrupts a run in order", async () => {
    const stalled = script({ "plan/plan#1": [{ stall: true }] });
    const ran = await runScripted(stalled, ["Do it", "--repo", repositoryWith(files), "--json"], {
      onStart: (child) =>
        child.stdout?.on("data", (chunk: Buffer) =>
          chunk.includes('"turn-1"') || chunk.includes("run-turn") ? child.kill("SIGHUP") : undefined,
        ),
    });
    expect(ran.exitCode).toBe(130);
    const shown = await portcullis(["show", "latest", "--json", "--state-dir", ran.stateDirectory]);
    const { run, stages } = JSON.parse(shown.stdout) as {
      run: { status: string };
      stages: { status: string }[];
    };
    expect(run.status).toBe("interrupted");
    expect(stages.map(({ status }) => status)).toEqual(["interrupted", "pending", "pending"]);
  });
});

describe("colour", () => {
  const onTerminal = (command: string, env: Readonly<Record<string, string>> = {}) =>
    execFileSync("script", ["-qec", `node ${bin} ${command}`, "/dev/null"], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], TERM: "xterm-256color", ...env },
    });

  it("given a terminal, then outcomes are coloured, unless NO_COLOR or --no-color says no", async () => {
    const { stateDirectory } = await runScripted(script({}), ["Do it", "--repo", repositoryWith(files)]);
    const runs = `runs --state-dir ${stateDirectory}`;
    expect(onTerminal(runs)).toContain("\u001b[31merrored");
    expect(onTerminal(runs, { NO_COLOR: "1" })).not.toContain("\u001b");
    expect(onTerminal(`${runs} --no-color`)).not.toContain("\u001b");
    expect(onTerminal(`--no-color ${runs}`)).not.toContain("\u001b");
    expect((await portcullis(["runs", "--state-dir", stateDirectory])).stdout).not.toContain("\u001b");
  });
});
