import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import type { Span } from "../../trace.ts";
import { portcullis, runScripted, type ScriptedRun } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { plan, repositoryWith, script, task } from "../support/scripted.ts";

const files = { "src/a.txt": "a\n", "portcullis.yaml": "commands:\n  test: 'true'\n" };
const stateDirectory = scratchDirectory("state");
let ran: ScriptedRun;

/** Ctrl-C while the first of two tasks is under way, with work in its work tree that no commit has. */
beforeAll(async () => {
  const steps = script({
    "plan/plan#1": [plan(task(), task({ id: "later", dependsOn: ["work"] }))],
    "execute/work#1": [{ write: "src/a.txt", content: "begun\n" }, { stall: true }],
  });
  const hasBegun = (): boolean =>
    globSync(join(stateDirectory, "repositories/*/work-trees/*/src/a.txt")).some(
      (path) => readFileSync(path, "utf8") === "begun\n",
    );
  ran = await runScripted(steps, ["Do it", "--repo", repositoryWith(files)], {
    stateDirectory,
    onStart: (child) => {
      const timer = setInterval(() => {
        if (!hasBegun()) return;
        clearInterval(timer);
        child.kill("SIGINT");
      }, 50);
      child.once("close", () => clearInterval(timer));
    },
  });
});

function look(...args: readonly string[]) {
  return portcullis([...args, "--state-dir", stateDirectory]);
}

it("given Ctrl-C while a task is executed, then nothing is shown as running", async () => {
  expect(ran.exitCode).toBe(130);
  const { stdout } = await look("show", "latest", "--json");
  const { run, stages } = JSON.parse(stdout) as RunView;
  expect(run.status).toBe("interrupted");
  expect(stages.map(({ status }) => status)).toEqual(["passed", "interrupted", "pending"]);
  expect(stages[1]!.tasks).toMatchObject([
    { id: "work", status: "interrupted", attempts: [{ status: "interrupted" }] },
    { id: "later", status: "pending", attempts: [] },
  ]);
  expect(stdout).not.toContain('"running"');
  expect((await look("show", "latest")).stdout).not.toContain("running");
  const spans = JSON.parse((await look("trace", "latest", "--json")).stdout) as Span[];
  expect(spans.filter(({ endTime }) => endTime === null)).toEqual([]);
});

it("given work that no commit has, then the end of the run says in which folder it is", () => {
  const kept = / {2}kept {4}work tree (\/.+): it holds work that no commit has\n/.exec(ran.stdout);
  expect(kept?.[1]?.startsWith(`${stateDirectory}/`)).toBe(true);
  expect(readFileSync(join(kept![1]!, "src/a.txt"), "utf8")).toBe("begun\n");
});

it("given no setup, then nothing is said of dependencies", () => {
  expect(ran.stdout).toContain("plan/plan#1");
  expect(ran.stdout).not.toContain("dependencies");
});

it("given its timeline, then no line ends in a space", async () => {
  const { stdout } = await look("trace", "latest");
  expect(stdout.split("\n").length).toBeGreaterThan(10);
  expect(stdout).not.toMatch(/ $/m);
});
