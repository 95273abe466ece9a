import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { portcullis, runScripted } from "../support/cli.ts";
import { fakeCodex } from "../support/fake-server.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { git, repositoryWith, script } from "../support/scripted.ts";

const configured = { "a.txt": "a\n", "portcullis.yaml": "commands:\n  test: 'true'\n" };

interface Case {
  what: string;
  files?: Readonly<Record<string, string>>;
  args: (repository: string) => readonly string[];
  exitCode: number;
  says: RegExp;
}

const goal = "Do it";
const cases: readonly Case[] = [
  {
    what: "a folder that is no repository",
    args: () => ["run", goal, "--repo", scratchDirectory("plain")],
    exitCode: 2,
    says: /expected a git repository at .*, found none \((?!.*rev-parse)(?!fatal)not a git repository/,
  },
  {
    what: "an unknown revision",
    args: (r) => ["run", goal, "--repo", r, "--base", "nope"],
    exitCode: 2,
    says: /'nope'/,
  },
  {
    what: "an unknown pipeline",
    args: (r) => ["run", goal, "--repo", r, "--pipeline", "nope"],
    exitCode: 2,
    says: /unknown pipeline 'nope'/,
  },
  {
    what: "an unknown option",
    args: (r) => ["run", goal, "--repo", r, "--nope"],
    exitCode: 2,
    says: /unknown option '--nope'/,
  },
  { what: "an unknown command", args: () => ["rnu"], exitCode: 2, says: /did you mean 'portcullis run'/ },
  { what: "an unknown run", args: () => ["show", "nope"], exitCode: 2, says: /portcullis runs/ },
  {
    what: "a broken portcullis.yaml",
    files: { "portcullis.yaml": "commands:\n  test: npm test\nsetpu: npm ci\n" },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /portcullis\.yaml:3:\d+: unknown key 'setpu'/,
  },
  {
    what: "a portcullis.yaml that is no YAML",
    files: { "portcullis.yaml": "commands: [\n" },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /portcullis\.yaml:\d+:\d+:/,
  },
  {
    what: "no commands at all",
    files: { "a.txt": "a" },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /--check/,
  },
  {
    what: "no commands, but a package that has tests",
    files: { "package.json": '{"scripts":{"test":"vitest"}}' },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /--check 'npm test'/,
  },
  {
    what: "submodules",
    files: { ...configured, ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ./x\n' },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /submodule/,
  },
  {
    what: "LFS",
    files: { ...configured, ".gitattributes": "*.bin filter=lfs diff=lfs\n" },
    args: (r) => ["run", goal, "--repo", r],
    exitCode: 2,
    says: /LFS/i,
  },
  { what: "an empty goal", args: (r) => ["run", "  ", "--repo", r], exitCode: 2, says: /found 0/ },
  {
    what: "no Codex where one is named",
    args: (r) => ["run", goal, "--repo", r, "--codex", "/nowhere/codex"],
    exitCode: 4,
    says: /\/nowhere\/codex/,
  },
  {
    what: "a Codex that serves neither way",
    args: (r) => ["run", goal, "--repo", r, "--codex", fakeCodex("die-at-once")],
    exitCode: 4,
    says: /\(codex-cli 9\.9\.9\) serves neither MCP.*0\.153\.4.*app-server: .*exit code 3.*mcp-server: .*exit code 3/,
  },
  {
    what: "a program that is no Codex at all",
    args: (r) => ["run", goal, "--repo", r, "--codex", "/bin/false"],
    exitCode: 4,
    says: /'\/bin\/false' .* serves neither/,
  },
  {
    what: "a setting that is none",
    args: (r) => ["run", goal, "--repo", r, "--codex-config", "x"],
    exitCode: 2,
    says: /KEY=VALUE/,
  },
  {
    what: "a branch that exists",
    args: (r) => ["run", goal, "--repo", r, "--branch", "main"],
    exitCode: 2,
    says: /'main' exists/,
  },
];

describe("bad input is told in one line with a remedy, and makes nothing", () => {
  it.each(cases)("given $what", async ({ files, args, exitCode, says }) => {
    const repository = repositoryWith(files ?? configured);
    const state = join(scratchDirectory("state"), "state");
    const ran = await portcullis([...args(repository), "--state-dir", state]);
    expect(ran.stderr).toMatch(says);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr.trim().split("\n")).toHaveLength(2);
    expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
    expect(ran.stdout).toBe("");
    expect(readdirSync(join(state, ".."))).toEqual([]);
    expect(git(repository, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(git(repository, "status", "--porcelain")).toBe("");
  });

  it("given a repository without commits", async () => {
    const repository = scratchDirectory("empty");
    git(repository, "init", "--quiet");
    const ran = await portcullis([
      "run",
      goal,
      "--repo",
      repository,
      "--state-dir",
      join(repository, "..", "none"),
    ]);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("git commit") });
  });

  it("given a goal of 1 MB", async () => {
    const file = join(scratchDirectory("goal"), "goal.txt");
    writeFileSync(file, "x".repeat(1024 * 1024));
    const ran = await portcullis(["run", "--goal-file", file, "--repo", repositoryWith(configured)]);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("found 1048576") });
  });

  it("given a state folder inside the repository, under the temporary folder, or that is a file", async () => {
    const repository = repositoryWith(configured);
    const file = join(scratchDirectory("file"), "state");
    writeFileSync(file, "");
    for (const state of [join(repository, "state"), "/tmp/portcullis-state", file]) {
      const ran = await portcullis(["run", goal, "--repo", repository, "--state-dir", state]);
      expect([2, 4]).toContain(ran.exitCode);
      expect(ran.stderr).toContain("--state-dir");
    }
    expect(git(repository, "status", "--porcelain")).toBe("");
  });

  it("given a dirty tree, then the run starts from the commit and says what it leaves out", async () => {
    const repository = repositoryWith(configured);
    mkdirSync(join(repository, "more"));
    writeFileSync(join(repository, "a.txt"), "changed\n");
    writeFileSync(join(repository, "more", "b.txt"), "new\n");
    const ran = await runScripted(script({}), [goal, "--repo", repository]);
    expect(ran.stdout).toMatch(/leaves out 2 .*a\.txt.*more/);
    expect(ran.exitCode).toBe(6);
  });
});
