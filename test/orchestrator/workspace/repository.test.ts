import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dirtyPaths } from "../../../orchestrator/workspace/dirty-paths.ts";
import { runGit } from "../../../orchestrator/workspace/git.ts";
import { gitEnvironment } from "../../../orchestrator/workspace/git-environment.ts";
import { refuseUnsupported } from "../../../orchestrator/workspace/refuse-unsupported.ts";
import { openRepository, resolveCommit } from "../../../orchestrator/workspace/repository.ts";
import { commitFiles, git, makeRepository } from "../../support/git-repository.ts";
import { scratchDirectory } from "../../support/scratch.ts";

describe("opening a repository", () => {
  test("given a folder inside one, when it is opened, then root, branch and an id that its work trees share", async () => {
    const { root } = makeRepository({ "src/a.txt": "a" });
    const repository = await openRepository(join(root, "src"));
    expect(repository).toMatchObject({ root, headBranch: "main", objectFormat: "sha1" });
    expect(repository.id).toMatch(/^[0-9a-f]{16}$/);
    git(root, "worktree", "add", "--quiet", "--detach", "../second");
    const second = await openRepository(join(root, "../second"));
    expect(second).toMatchObject({ id: repository.id, headBranch: null });
  });

  test.each([
    ["a folder without git", "repository.not-git", (root: string) => root],
    ["a folder that does not exist", "repository.not-git", (root: string) => join(root, "nothing")],
    [
      "a repository without commits",
      "repository.no-commits",
      (root: string) => (git(root, "init", "--quiet"), root),
    ],
    [
      "a bare repository",
      "repository.bare",
      (root: string) => (git(root, "init", "--quiet", "--bare"), root),
    ],
    [
      "git's own folder",
      "repository.not-git",
      (root: string) => (git(root, "init", "--quiet"), join(root, ".git")),
    ],
  ])("given %s, when it is opened, then it is refused as %s", async (_what, code, make) => {
    const directory = make(scratchDirectory("plain"));
    await expect(openRepository(directory)).rejects.toMatchObject({ code, kind: "usage" });
  });

  test("given revisions, when they are resolved, then commits and tags are found and all else is refused", async () => {
    const { root, commit } = makeRepository({ "a.txt": "a" });
    git(root, "tag", "-a", "v1", "-m", "one");
    const repository = await openRepository(root);
    for (const revision of ["HEAD", "main", "v1", commit, commit.slice(0, 8)]) {
      expect(await resolveCommit(repository, revision)).toBe(commit);
    }
    for (const revision of [
      "nothing",
      "",
      "--all",
      "HEAD:a.txt",
      "main..main",
      "a\0b",
      "f".repeat(40),
      "HEAD~9",
    ]) {
      await expect(resolveCommit(repository, revision)).rejects.toMatchObject({
        code: "repository.unknown-revision",
        kind: "usage",
      });
    }
  });

  test("given changes, when asked what is dirty, then all are named and the index is not written", async () => {
    const { root } = makeRepository({ "a.txt": "a", "b.txt": "b", "c.txt": "c" });
    writeFileSync(join(root, "a.txt"), "changed");
    writeFileSync(join(root, "new\nline"), "new");
    git(root, "rm", "--quiet", "b.txt");
    const paths = await dirtyPaths(await openRepository(root));
    expect(paths.toSorted()).toEqual(["a.txt", "b.txt", "new\nline"]);
  });
});

describe("what is not supported", () => {
  const refusal = async (root: string, commit: string) =>
    refuseUnsupported(await openRepository(root), commit);

  test("given plain files, when it is looked at, then nothing is refused", async () => {
    const { root, commit } = makeRepository({ ".gitattributes": "# *.bin filter=lfs\n*.txt text\n" });
    await expect(refusal(root, commit)).resolves.toBeUndefined();
  });

  test("given LFS in a folder, when it is looked at, then it is refused with the file's name", async () => {
    const { root, commit } = makeRepository({
      "a/.gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    });
    await expect(refusal(root, commit)).rejects.toMatchObject({
      code: "repository.lfs",
      kind: "usage",
      message: expect.stringContaining("a/.gitattributes"),
    });
  });

  test("given a submodule, when it is looked at, then it is refused, at an older commit not", async () => {
    const { root, commit } = makeRepository({ "a.txt": "a" });
    mkdirSync(join(root, "sub"));
    git(join(root, "sub"), "init", "--quiet");
    commitFiles(join(root, "sub"), { "x.txt": "x" });
    const later = commitFiles(root, {});
    await expect(refusal(root, later)).rejects.toMatchObject({
      code: "repository.submodules",
      kind: "usage",
    });
    await expect(refusal(root, commit)).resolves.toBeUndefined();
  });
});

describe("running git", () => {
  test("given our own GIT variables, when git is run, then it sees none of them", () => {
    const environment = gitEnvironment("ours", {
      GIT_DIR: "/x",
      GIT_SSH_COMMAND: "x",
      LC_MESSAGES: "de",
      PATH: "/bin",
    });
    expect(environment).toMatchObject({ PATH: "/bin", LC_ALL: "C", GIT_CONFIG_GLOBAL: "/dev/null" });
    expect(Object.keys(environment)).not.toContain("GIT_DIR");
    expect(Object.keys(environment)).not.toContain("GIT_SSH_COMMAND");
    expect(gitEnvironment("user", {})).not.toHaveProperty("GIT_CONFIG_GLOBAL");
  });

  test("given a command that fails, when git is run, then the error has arguments and git's last line", async () => {
    const failed = runGit(["cat-file", "-t", "nothing"], {
      owner: "ours",
      directory: makeRepository({}).root,
    });
    await expect(failed).rejects.toMatchObject({
      code: "git.failed",
      message: "git cat-file -t nothing: fatal: Not a valid object name nothing",
    });
  });

  test("given no git on the PATH, when git is run, then the error says that it is missing", async () => {
    const environment = { PATH: scratchDirectory("empty") };
    const failed = runGit(["--version"], { owner: "ours", directory: "/", environment });
    await expect(failed).rejects.toMatchObject({ code: "git.missing", kind: "environment" });
  });

  test("given too much output or too little time, when git is run, then the error names the limit", async () => {
    const { root } = makeRepository({ "a.txt": "x".repeat(5000) });
    const options = { owner: "ours" as const, directory: root };
    await expect(runGit(["show", "HEAD"], { ...options, maxOutputBytes: 100 })).rejects.toThrow(
      "than the limit",
    );
    await expect(runGit(["hash-object", "/dev/zero"], { ...options, timeoutMs: 50 })).rejects.toThrow(
      "50 ms",
    );
  });
});
