import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TaskSpec } from "../../core/task.ts";
import type { Action, Script, Step } from "../../replay/script.ts";
import { scratchDirectory } from "./scratch.ts";

/** A repository with these files in one commit. */
export function repositoryWith(files: Readonly<Record<string, string>>): string {
  const directory = scratchDirectory("repository");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "-A");
  git(directory, "-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "--quiet", "-m", "base");
  return directory;
}

export function git(directory: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: directory, encoding: "utf8" }).trim();
}

export const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };

export function task(over: Partial<TaskSpec> = {}): TaskSpec {
  return {
    id: "work",
    title: "Do the work",
    description: "Do it.",
    scope: ["src/**", "test/**"],
    dependsOn: [],
    commands: ["test"],
    artifacts: [],
    ...over,
  };
}

export function plan(...tasks: readonly TaskSpec[]): Action {
  return { say: { summary: "the plan", tasks } };
}

export function done(taskId = "work", artifacts: readonly { path: string; sha256: string }[] = []): Action {
  return { say: { taskId, status: "done", summary: "All tests pass.", artifacts } };
}

export const accept: Action = { say: { verdict: "accept", summary: "fine", findings: [] } };

/** Workers with their actions; each is one response of the model. */
export function script(workers: Readonly<Record<string, readonly (Action | Step)[]>>): Script {
  const steps = (actions: readonly (Action | Step)[]): Step[] =>
    actions.map((action) => ("do" in action ? action : { do: action }));
  return {
    version: 1,
    usage,
    workers: Object.fromEntries(Object.entries(workers).map(([name, actions]) => [name, steps(actions)])),
  };
}
