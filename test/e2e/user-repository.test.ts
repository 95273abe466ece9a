import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../core/digest.ts";
import { runScripted } from "../support/cli.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";

/** Every file below a folder: its mode, and its content's digest. */
function snapshot(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const path = join(directory, name);
    const { mode } = lstatSync(path);
    const kind = (mode & 0o170000).toString(8);
    const content = kind === "120000" ? readlinkSync(path) : kind === "100000" ? readFileSync(path) : "";
    found.set(name, `${mode.toString(8)} ${sha256(content)}`);
  }
  return found;
}

function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).toSorted();
}

function dirtyRepository(): string {
  const repository = repositoryWith({
    "src/a.txt": "bad\n",
    "portcullis.yaml":
      "setup: mkdir deps && echo x > deps/x\ncommands:\n  test: grep -q good src/a.txt && test -s deps/x\n",
  });
  writeFileSync(join(repository, "src/a.txt"), "uncommitted\n");
  writeFileSync(join(repository, "staged.txt"), "staged\n");
  git(repository, "add", "staged.txt");
  mkdirSync(join(repository, "untracked"));
  writeFileSync(join(repository, "untracked/b.txt"), "b\n");
  return repository;
}

const good = { write: "src/a.txt", content: "good\n" };

describe("the user's repository", () => {
  it("given a run that passed, then it has the branch with its objects more, and every other byte is the same", async () => {
    const repository = dirtyRepository();
    const before = snapshot(repository);
    const workers = {
      "plan/plan#1": [plan(task())],
      "execute/work#1": [good, done()],
      "verify/verify#1": [accept],
    };
    const ran = await runScripted(script(workers), [
      "Do it",
      "--repo",
      join(repository, "untracked"),
      "--branch",
      "x/y",
    ]);
    expect(ran.exitCode).toBe(0);
    const changed = differences(before, snapshot(repository));
    const made = changed.filter((name) => !/^\.git\/objects\/(?:[0-9a-f]{2}|pack)(?:\/|$)/.test(name));
    expect(made).toEqual([
      ".git/logs/refs/heads/x",
      ".git/logs/refs/heads/x/y",
      ".git/refs/heads/x",
      ".git/refs/heads/x/y",
    ]);
    for (const name of made) expect(before.has(name)).toBe(false);
    expect(git(repository, "show", "x/y:src/a.txt")).toBe("good");
    expect(git(repository, "ls-tree", "-r", "--name-only", "x/y")).toBe("portcullis.yaml\nsrc/a.txt");
  });

  it.each([
    [
      "failed",
      1,
      {
        "plan/plan#1": [plan(task({ commands: ["test"], scope: ["lib/**"] }))],
        "execute/work#1": [good, done()],
        "execute/work#2": [good, done()],
        "execute/work#3": [good, done()],
      },
    ],
    ["errored", 6, { "plan/plan#1": [{ fail: 400 }] }],
  ] as const)("given a run that %s, then not a byte of it is different", async (_what, exitCode, workers) => {
    const repository = dirtyRepository();
    const before = snapshot(repository);
    const ran = await runScripted(script(workers), ["Do it", "--repo", repository]);
    expect(ran.exitCode).toBe(exitCode);
    expect(differences(before, snapshot(repository))).toEqual([]);
  });

  it("given a branch that somebody made meanwhile, then it is not moved, and the run has not passed", async () => {
    const repository = dirtyRepository();
    const head = git(repository, "rev-parse", "HEAD");
    const workers = {
      "plan/plan#1": [plan(task())],
      "execute/work#1": [good, done()],
      "verify/verify#1": [accept],
    };
    let made = false;
    const ran = await runScripted(script(workers), ["Do it", "--repo", repository, "--branch", "mine"], {
      onStdout: (soFar) => {
        if (made || !soFar.includes("verify")) return;
        made = true;
        git(repository, "branch", "mine");
      },
    });
    expect(ran.exitCode).toBe(6);
    expect(ran.stdout).toContain("branch.exists");
    expect(git(repository, "rev-parse", "mine")).toBe(head);
  });
});

describe("a worker that would make the command say yes", () => {
  it("given a script that the command runs, when a worker changes it within its scope, then the run fails", async () => {
    const repository = repositoryWith({
      "src/a.txt": "bad\n",
      "scripts/check.sh": "grep -q good src/a.txt\n",
      "portcullis.yaml": "commands:\n  test: sh scripts/check.sh\n",
    });
    const cheat = { write: "scripts/check.sh", content: "exit 0\n" };
    const attempts = Object.fromEntries([1, 2, 3].map((n) => [`execute/work#${n}`, [cheat, done()]]));
    const played = script({ "plan/plan#1": [plan(task({ scope: ["**"] }))], ...attempts });
    const ran = await runScripted(played, ["Do it", "--repo", repository]);
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(/gate protection {2}failed/);
    expect(ran.stdout).not.toContain("gate command:test");
  });
});
