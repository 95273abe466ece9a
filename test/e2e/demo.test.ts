import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import { demoScript } from "../../replay/demo-script.ts";
import { portcullis } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { git } from "../support/scripted.ts";

it("given a state folder that did not exist, when the demo runs, then a gate fails, the second try passes, and all can be looked at", async () => {
  const stateDirectory = join(scratchDirectory("demo"), "state", "new");
  const state = ["--state-dir", stateDirectory];
  const ran = await portcullis(["demo", ...state]);
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toMatch(/gate command:test {2}failed/);

  const shown = await portcullis(["show", "latest", "--json", ...state]);
  const { run, stages } = JSON.parse(shown.stdout) as RunView;
  expect(run).toMatchObject({
    status: "passed",
    reason: null,
    codex: { version: "0.153.4", server: "mcp-server" },
  });
  const steps = Object.values(demoScript.workers).flat().length;
  const { costUsd, ...usage } = run.usage;
  expect(costUsd).toBeGreaterThan(0);
  const served = Object.entries(demoScript.usage).map(([name, count]) => [name, count * steps]);
  expect(usage).toEqual(Object.fromEntries(served));

  const attempts = stages.find(({ name }) => name === "execute")!.tasks[0]!.attempts;
  expect(attempts.map(({ status }) => status)).toEqual(["failed", "passed"]);
  const tests = attempts.map(({ gates }) => gates.find(({ name }) => name === "command:test"));
  expect(tests).toMatchObject([
    { verdict: "failed", exitCode: 1, command: "npm test" },
    { verdict: "passed", exitCode: 0, command: "npm test" },
  ]);
  const repositories = join(stateDirectory, "repositories");
  const clone = join(repositories, readdirSync(repositories)[0]!, "git");
  for (const { threadId, commit } of attempts) {
    expect(threadId).toMatch(/^[0-9a-f-]{36}$/);
    expect(git(clone, "cat-file", "-t", commit!)).toBe("commit");
  }
  expect(git(run.repo, "rev-parse", run.branch)).toBe(run.headCommit);
  const trailer = "--format=%(trailers:key=Portcullis-Run,valueonly)";
  expect(git(run.repo, "log", "-1", trailer, attempts[1]!.commit!)).toBe(run.id);
  expect(git(run.repo, "status", "--porcelain")).toBe("");

  for (const command of ["gates", "trace", "events", "show"]) {
    const text = await portcullis([command, run.id.slice(0, 20), ...state]);
    expect(text).toMatchObject({ exitCode: 0, stderr: "" });
    expect(text.stdout.length).toBeGreaterThan(50);
  }
  const wire = await portcullis(["events", "latest", "--wire", "--json", ...state]);
  const types = wire.stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(
    expect.arrayContaining(["session_configured", "exec_command_begin", "task_complete"]),
  );
  expect(readdirSync(join(clone, "..", "work-trees"))).toEqual([]);
  expect(readdirSync(join(stateDirectory, "temporary"))).toEqual([]);
});
