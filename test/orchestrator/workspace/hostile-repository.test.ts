import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Checkout, Workspace } from "../../../core/ports/workspace.ts";
import { dirtyPaths } from "../../../orchestrator/workspace/dirty-paths.ts";
import { openGitPublisher } from "../../../orchestrator/workspace/git-publisher.ts";
import { openGitWorkspace } from "../../../orchestrator/workspace/git-workspace.ts";
import { openRepository, resolveCommit } from "../../../orchestrator/workspace/repository.ts";
import { git, makeRepository, plantProgram, writeFiles } from "../../support/git-repository.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  // A socket's path has a length that our folders exceed.
  const before = process.cwd();
  process.chdir(dirname(path));
  server.listen(basename(path));
  await once(server, "listening").finally(() => process.chdir(before));
  closing.push(() => server.close());
}

const hooks = [
  "post-checkout",
  "pre-commit",
  "post-commit",
  "reference-transaction",
  "post-index-change",
  "post-merge",
];

/** A repository whose own configuration runs a program at every chance that git gives. */
function makeHostile(): { root: string; commit: string; marker: string } {
  const { root, commit } = makeRepository({
    "a.txt": "a\n",
    "b.evil": "b\n",
    ".gitattributes": "*.evil filter=evil\n",
  });
  const marker = join(scratchDirectory("marker"), "ran");
  const program = join(root, ".git", "program");
  plantProgram(program, marker);
  for (const hook of hooks) plantProgram(join(root, ".git/hooks", hook), marker);
  for (const [name, value] of [
    ["core.fsmonitor", program],
    ["core.sshCommand", program],
    ["core.alternateRefsCommand", program],
    ["filter.evil.clean", program],
    ["filter.evil.smudge", program],
    ["filter.evil.required", "true"],
    ["uploadpack.packObjectsHook", program],
    ["diff.external", program],
    ["remote.origin.promisor", "true"],
    ["remote.origin.url", "ext::" + program],
    ["extensions.partialClone", "origin"],
  ]) {
    git(root, "config", name ?? "", value ?? "");
  }
  return { root, commit, marker };
}

const controlFiles = (root: string) =>
  execFileSync("find", [".git", "-printf", "%p %s %T@\n"], { cwd: root, encoding: "utf8" });

async function openHostile() {
  const hostile = makeHostile();
  const repository = await openRepository(hostile.root);
  const stateDirectory = scratchDirectory("state");
  const workspace = await openGitWorkspace({ repository, stateDirectory });
  return { ...hostile, repository, workspace, stateDirectory };
}

const commitOf = (workspace: Workspace, checkout: Checkout, parent: string) =>
  workspace.commit({ checkout, parent, message: "m", trailers: {}, leaveOut: [], ref: "refs/test/x" });

describe("a repository that plants programs for git", () => {
  test("given programs everywhere, when it is read and worked on, then none runs and its control files stay the same", async () => {
    const { root, commit, marker } = makeHostile();
    writeFileSync(join(root, "b.evil"), "changed\n");
    const before = controlFiles(root);
    const repository = await openRepository(root);
    await resolveCommit(repository, "HEAD");
    expect(await dirtyPaths(repository)).toEqual(["b.evil"]);
    const workspace = await openGitWorkspace({ repository, stateDirectory: scratchDirectory("state") });
    await workspace.fetch(commit);
    const checkout = await workspace.checkOut("one", commit);
    writeFileSync(join(checkout.directory, "b.evil"), "work\n");
    await commitOf(workspace, checkout, commit);
    expect(existsSync(marker) ? readFileSync(marker, "utf8") : "").toBe("");
    expect(controlFiles(root)).toBe(before);
  });

  test("given hooks, when a branch is published, then none runs and nothing but the branch is new", async () => {
    const { root, commit, marker, repository, workspace, stateDirectory } = await openHostile();
    await workspace.fetch(commit);
    const checkout = await workspace.checkOut("one", commit);
    writeFileSync(join(checkout.directory, "new.txt"), "new\n");
    const made = await commitOf(workspace, checkout, commit);
    await (await openGitPublisher({ repository, stateDirectory })).publishBranch("portcullis/x", made.commit);
    expect(existsSync(marker) ? readFileSync(marker, "utf8") : "").toBe("");
    expect(git(root, "-c", "core.hooksPath=/dev/null", "for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/main\nrefs/heads/portcullis/x",
    );
    expect(existsSync(join(root, ".git/FETCH_HEAD"))).toBe(false);
    expect(git(root, "log", "-1", "--format=%an <%ae>", "portcullis/x")).toBe(
      "Portcullis <portcullis@localhost>",
    );
  });

  test("given a commit that no ref reaches, when it is fetched, then it comes all the same", async () => {
    const { root, commit } = makeRepository({ "a.txt": "a" });
    git(root, "commit", "--quiet", "--amend", "-m", "other");
    git(root, "reflog", "expire", "--expire=now", "--all");
    const workspace = await openGitWorkspace({
      repository: await openRepository(root),
      stateDirectory: scratchDirectory("state"),
    });
    await workspace.fetch(commit);
    expect(await workspace.listFiles(commit)).toEqual(["a.txt"]);
  });

  test("given a shallow clone, when its head is fetched, worked on and published, then that works", async () => {
    const { root: origin } = makeRepository({ "a.txt": "a" });
    git(origin, "commit", "--quiet", "--allow-empty", "-m", "second");
    const root = join(scratchDirectory("shallow"), "clone");
    git(origin, "clone", "--quiet", "--depth=1", `file://${origin}`, root);
    const commit = git(root, "rev-parse", "HEAD");
    const repository = await openRepository(root);
    const stateDirectory = scratchDirectory("state");
    const workspace = await openGitWorkspace({ repository, stateDirectory });
    await workspace.fetch(commit);
    const checkout = await workspace.checkOut("one", commit);
    writeFileSync(join(checkout.directory, "b.txt"), "b");
    const made = await commitOf(workspace, checkout, commit);
    await (await openGitPublisher({ repository, stateDirectory })).publishBranch("x", made.commit);
    expect(git(root, "show", "x:b.txt")).toBe("b");
  });
});

describe("a worker that tampers with its work tree", () => {
  async function openPlain(files: Readonly<Record<string, string>> = { "a.txt": "a\n" }) {
    const { root, commit } = makeRepository(files);
    const stateDirectory = scratchDirectory("state");
    const workspace = await openGitWorkspace({ repository: await openRepository(root), stateDirectory });
    await workspace.fetch(commit);
    const checkout = await workspace.checkOut("one", commit);
    return { root, commit, workspace, checkout, marker: join(stateDirectory, "ran") };
  }

  test("given a .git file that leads to another repository, when it is committed, then it has no effect", async () => {
    const { commit, workspace, checkout, marker } = await openPlain();
    const other = makeHostile();
    plantProgram(join(other.root, ".git/program"), marker);
    writeFileSync(join(checkout.directory, ".git"), `gitdir: ${other.root}/.git\n`);
    writeFileSync(join(checkout.directory, "a.txt"), "changed\n");
    const made = await commitOf(workspace, checkout, commit);
    expect((await workspace.changes(commit, made.commit)).map(({ path }) => path)).toEqual(["a.txt"]);
    expect(existsSync(marker) || existsSync(other.marker)).toBe(false);
  });

  test("given attributes and line ends, when it is committed, then the bytes are those of the work tree", async () => {
    const { commit, workspace, checkout } = await openPlain();
    const content = "one\r\n$Id$\r\n";
    writeFiles(checkout.directory, {
      ".gitattributes": "* text eol=lf ident filter=evil\n",
      "x.txt": content,
    });
    const made = await commitOf(workspace, checkout, commit);
    const stored = await workspace.readFile(made.commit, "x.txt", 100);
    expect(new TextDecoder().decode(stored ?? undefined)).toBe(content);
    const again = await workspace.checkOut("two", made.commit);
    expect(readFileSync(join(again.directory, "x.txt"), "utf8")).toBe(content);
  });

  test("given a repository inside, when it is committed twice, then it shows as one, and its programs do not run", async () => {
    const { commit, workspace, checkout, marker } = await openPlain();
    const nested = join(checkout.directory, "nested");
    mkdirSync(nested);
    git(nested, "init", "--quiet");
    writeFiles(nested, { ".gitattributes": "* filter=evil\n", "x.txt": "x" });
    git(nested, "add", "-A");
    git(nested, "commit", "--quiet", "-m", "inside");
    plantProgram(join(nested, ".git/program"), marker);
    git(nested, "config", "core.fsmonitor", join(nested, ".git/program"));
    git(nested, "config", "filter.evil.clean", join(nested, ".git/program"));
    writeFileSync(join(nested, "x.txt"), "y");
    const first = await commitOf(workspace, checkout, commit);
    expect(await workspace.changes(commit, first.commit)).toEqual([
      { path: "nested", kind: "added", mode: "160000" },
    ]);
    const second = await commitOf(workspace, checkout, first.commit);
    expect(second.tree).toBe(first.tree);
    expect(existsSync(marker)).toBe(false);
  });

  test("given a repository without commits inside, when it is committed, then the error names it", async () => {
    const { commit, workspace, checkout } = await openPlain();
    mkdirSync(join(checkout.directory, "nested"));
    git(join(checkout.directory, "nested"), "init", "--quiet");
    writeFileSync(join(checkout.directory, "nested/x.txt"), "x");
    await expect(commitOf(workspace, checkout, commit)).rejects.toMatchObject({
      code: "commit.nested-repository",
      message: expect.stringContaining("'nested'"),
    });
  });

  test("given a sparse file of a terabyte, when it is committed, then it is refused unread", async () => {
    const { commit, workspace, checkout } = await openPlain();
    writeFileSync(join(checkout.directory, "big"), "");
    truncateSync(join(checkout.directory, "big"), 1024 ** 4);
    await expect(commitOf(workspace, checkout, commit)).rejects.toMatchObject({
      code: "commit.file-too-large",
    });
  });

  test("given more than a GiB in files that are small enough, when it is committed, then it is refused unread", async () => {
    const { commit, workspace, checkout } = await openPlain();
    for (let n = 0; n < 11; n += 1) {
      writeFileSync(join(checkout.directory, `big-${n}`), "");
      truncateSync(join(checkout.directory, `big-${n}`), 100 * 1024 ** 2);
    }
    await expect(commitOf(workspace, checkout, commit)).rejects.toMatchObject({
      code: "commit.file-too-large",
      message: expect.stringContaining("in all that is new"),
    });
  });

  test("given links out of the tree, when it is committed, then nothing is followed", async () => {
    const { commit, workspace, checkout } = await openPlain();
    symlinkSync("/etc/passwd", join(checkout.directory, "link"));
    const made = await commitOf(workspace, checkout, commit);
    expect(await workspace.changes(commit, made.commit)).toEqual([
      { path: "link", kind: "added", mode: "120000" },
    ]);
    expect(await workspace.readFile(made.commit, "link", 10_000)).toBeNull();
  });

  test.each<[string, (directory: string, elsewhere: string) => void]>([
    ["new.txt", (directory, elsewhere) => linkSync(elsewhere, join(directory, "new.txt"))],
    [
      "a.txt",
      (directory, elsewhere) => {
        rmSync(join(directory, "a.txt"));
        linkSync(elsewhere, join(directory, "a.txt"));
      },
    ],
    [
      "copy.txt",
      (directory) => {
        writeFileSync(join(directory, "copy.txt"), "x");
        linkSync(join(directory, "copy.txt"), join(directory, "other.txt"));
      },
    ],
    [
      "\ufffd.txt",
      (directory, elsewhere) => {
        const name = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff]), Buffer.from(".txt")]);
        linkSync(elsewhere, name);
      },
    ],
  ])("given a hard link at %j, when it is committed, then it is refused and named", async (path, arrange) => {
    const { commit, workspace, checkout, root } = await openPlain();
    const elsewhere = join(root, "..", "elsewhere");
    writeFileSync(elsewhere, "not the worker's");
    arrange(checkout.directory, elsewhere);
    await expect(commitOf(workspace, checkout, commit)).rejects.toMatchObject({
      code: "commit.hard-link",
      retryable: true,
      message: expect.stringContaining(`'${path}'`),
    });
  });

  /** Root alone can make one, and so be asked to. */
  const devices: [string, string, (path: string) => unknown][] =
    process.getuid?.() === 0
      ? [["a device", "null", (path) => execFileSync("mknod", [path, "c", "1", "3"])]]
      : [];
  const pipe = (path: string) => execFileSync("mkfifo", [path]);

  test.each<[string, string, (path: string) => unknown]>([
    ["a pipe", "pipe", pipe],
    ["a pipe", "deep/er/-x\ny", pipe],
    ["a pipe", "a.txt", pipe],
    ["a socket", "socket", (path) => listenAt(path)],
    ...devices,
  ])("given %s at %j, when it is committed, then it is refused and named", async (kind, path, make) => {
    const { commit, workspace, checkout } = await openPlain();
    const full = join(checkout.directory, path);
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { force: true });
    await make(full);
    await expect(commitOf(workspace, checkout, commit)).rejects.toMatchObject({
      code: "commit.special-file",
      retryable: true,
      message: expect.stringContaining(`found ${kind} at '${path}'`),
    });
  });

  test("given pipes in what is left out or ignored, when it is committed, then they are no matter", async () => {
    const { commit, workspace, checkout } = await openPlain({ ".gitignore": "*.sock\ntmp/\n" });
    for (const path of ["node_modules/pipe", "tmp/pipe", "src/x.sock"]) {
      mkdirSync(dirname(join(checkout.directory, path)), { recursive: true });
      pipe(join(checkout.directory, path));
    }
    const request = { checkout, parent: commit, trailers: {}, ref: "refs/test/x" };
    const made = await workspace.commit({ ...request, message: "m", leaveOut: ["node_modules/"] });
    expect(made.commit).toBe(commit);
  });

  test("given trailers with line breaks, when it is committed, then they add no line", async () => {
    const { commit, workspace, checkout, root } = await openPlain();
    writeFileSync(join(checkout.directory, "x"), "x");
    const trailers = { "Portcullis-Thread": "t\nPortcullis-Run: other" };
    const request = { checkout, parent: commit, leaveOut: [], ref: "refs/test/x" };
    const made = await workspace.commit({ ...request, message: "Subject\n\nBody", trailers });
    const text = git(root, "--git-dir", checkout.gitDirectory, "log", "-1", "--format=%B", made.commit);
    expect(text).toBe("Subject\n\nBody\n\nPortcullis-Thread: t Portcullis-Run: other");
  });
});
