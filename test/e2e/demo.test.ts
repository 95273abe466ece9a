import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunView } from "../../look.ts";
import { demoScript } from "../../replay/demo-script.ts";
import { portcullis } from "../support/cli.ts";
import { nativeCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { git } from "../support/scripted.ts";

interface Demo {
  view: RunView;
  /** Verdicts of all gates in their order. */
  verdicts: unknown[];
  /** Of the final commit. */
  tree: string;
}

const codexes = [
  {
    what: "the default Codex",
    args: [],
    codex: { version: "0.169.0", server: "app-server" },
    wire: ["turn/started", "item/commandExecution/outputDelta", "turn/completed"],
  },
  {
    what: "the last that serves MCP by itself",
    args: ["--codex", nativeCodex],
    codex: { version: "0.153.4", server: "mcp-server" },
    wire: ["session_configured", "exec_command_begin", "task_complete"],
  },
];
const demos: Demo[] = [];

test.each(codexes)(
  "given $what and a state folder that did not exist, when the demo runs, then a gate fails, the second try passes, and all can be looked at",
  async ({ args, codex, wire }) => {
    const stateDirectory = join(scratchDirectory("demo"), "state", "new");
    const state = ["--state-dir", stateDirectory];
    const ran = await portcullis(["demo", ...args, ...state]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toMatch(/gate command:test {2}failed/);

    const shown = await portcullis(["show", "latest", "--json", ...state]);
    const view = JSON.parse(shown.stdout) as RunView;
    const { run } = view;
    expect(run).toMatchObject({ status: "passed", reason: null, codex });
    expectServedUsage(view);
    expectAttempts(view, stateDirectory);
    expect(git(run.repo, "rev-parse", run.branch)).toBe(run.headCommit);
    expect(git(run.repo, "status", "--porcelain")).toBe("");

    for (const command of ["gates", "trace", "events", "show"]) {
      const text = await portcullis([command, run.id.slice(0, 20), ...state]);
      expect(text).toMatchObject({ exitCode: 0, stderr: "" });
      expect(text.stdout.length).toBeGreaterThan(50);
    }
    const { stdout } = await portcullis(["events", "latest", "--wire", "--json", ...state]);
    const types = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(expect.arrayContaining(wire));
    expect(readdirSync(join(cloneIn(stateDirectory), "..", "work-trees"))).toEqual([]);
    expect(readdirSync(join(stateDirectory, "temporary"))).toEqual([]);
    demos.push({
      view,
      verdicts: verdictsOf(view),
      tree: git(run.repo, "rev-parse", `${run.branch}^{tree}`),
    });
  },
);

test("given both, then verdicts, attempts and the final tree are the same", () => {
  const [first, second] = demos;
  expect(demos).toHaveLength(2);
  expect(first?.verdicts).toHaveLength(4);
  expect(second?.verdicts).toEqual(first?.verdicts);
  expect(second?.tree).toBe(first?.tree);
});

function cloneIn(stateDirectory: string): string {
  const repositories = join(stateDirectory, "repositories");
  return join(repositories, readdirSync(repositories)[0]!, "git");
}

function expectServedUsage({ run }: RunView): void {
  const steps = Object.values(demoScript.workers).flat().length;
  const { costUsd, ...usage } = run.usage;
  expect(costUsd).toBeGreaterThan(0);
  const served = Object.entries(demoScript.usage).map(([name, count]) => [name, count * steps]);
  expect(usage).toEqual(Object.fromEntries(served));
}

function expectAttempts({ run, stages }: RunView, stateDirectory: string): void {
  const attempts = stages.find(({ name }) => name === "execute")!.tasks[0]!.attempts;
  expect(attempts.map(({ status }) => status)).toEqual(["failed", "passed"]);
  const tests = attempts.map(({ gates }) => gates.find(({ name }) => name === "command:test"));
  expect(tests).toMatchObject([
    { verdict: "failed", exitCode: 1, command: "npm test" },
    { verdict: "passed", exitCode: 0, command: "npm test" },
  ]);
  for (const { threadId, commit } of attempts) {
    expect(threadId).toMatch(/^[0-9a-f-]{36}$/);
    expect(git(cloneIn(stateDirectory), "cat-file", "-t", commit!)).toBe("commit");
  }
  const trailer = "--format=%(trailers:key=Portcullis-Run,valueonly)";
  expect(git(run.repo, "log", "-1", trailer, attempts[1]!.commit!)).toBe(run.id);
}

function verdictsOf({ stages }: RunView): unknown[] {
  return stages.flatMap(({ name, tasks }) =>
    tasks.flatMap(({ attempts }) =>
      attempts.map(({ status, gates }) => ({
        stage: name,
        status,
        gates: gates.map((gate) => [gate.name, gate.verdict, gate.exitCode]),
      })),
    ),
  );
}
