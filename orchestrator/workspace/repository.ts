import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { sha256 } from "../../core/digest.ts";
import { PortcullisError } from "../../core/errors.ts";
import { gitText, runGit } from "./git.ts";
import { requireGitVersion } from "./git-version.ts";

/** The user's repository, which is read here and never written. */
export interface Repository {
  /** The work tree's root. */
  root: string;
  /** 16 hex digits, the same for all work trees of the repository as long as it is not moved. */
  id: string;
  /** Null where HEAD is detached. */
  headBranch: string | null;
  /** `sha1` or `sha256`. */
  objectFormat: string;
}

/**
 * The repository that a directory lies in. Errors of kind usage: `repository.not-git`, `repository.bare`,
 * `repository.no-commits`; `git.missing` and `git.too-old` are of kind environment.
 */
export async function openRepository(directory: string): Promise<Repository> {
  const start = resolve(directory);
  if (!(await isDirectory(start))) throw notGit(start, "no such folder");
  await requireGitVersion();
  const root = await findRoot(start);
  const facts = await gitText(["rev-parse", "--git-common-dir", "--show-object-format"], userGit(root));
  const [commonDirectory = "", objectFormat = "sha1"] = facts.split("\n");
  const id = sha256(await realpath(resolve(root, commonDirectory))).slice(0, 16);
  const branch = await runGit(["symbolic-ref", "--quiet", "--short", "HEAD"], {
    ...userGit(root),
    answers: [1],
  });
  const headBranch = branch.exitCode === 0 ? new TextDecoder().decode(branch.stdout).trimEnd() : null;
  await requireCommits(root);
  return { root, id, headBranch, objectFormat };
}

/** The full id of the commit that a revision names. Errors of kind usage: `repository.unknown-revision`. */
export async function resolveCommit(repository: Repository, revision: string): Promise<string> {
  const found = await revisionIn(repository.root, revision);
  if (found !== null) return found;
  throw new PortcullisError({
    code: "repository.unknown-revision",
    kind: "usage",
    message: `expected a commit of ${repository.root}, found '${revision.slice(0, 200)}', which names none`,
    remedy: "give a branch, a tag or a commit that 'git log' shows; fetch it first if it is elsewhere",
  });
}

/** The full name of the branch that a revision names, HEAD's where it is on one; null for anything else. */
export async function branchNamedBy(repository: Repository, revision: string): Promise<string | null> {
  const args = ["rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", revision];
  const { exitCode, stdout } = await runGit(args, { ...userGit(repository.root), answers: [1, 128] });
  const name = new TextDecoder().decode(stdout).trim();
  return exitCode === 0 && name.startsWith("refs/heads/") ? name : null;
}

/** The commit that a branch or other ref is at, or null. */
export function commitAt(repository: Repository, ref: string): Promise<string | null> {
  return revisionIn(repository.root, ref);
}

/** How git is run on the user's repository. */
export function userGit(root: string): { owner: "user"; directory: string } {
  return { owner: "user", directory: root };
}

async function findRoot(start: string): Promise<string> {
  const inside = await gitText(
    ["rev-parse", "--is-bare-repository", "--is-inside-work-tree"],
    userGit(start),
  ).catch((error: unknown) => {
    if (error instanceof PortcullisError && error.code === "git.failed")
      throw notGit(start, saidByGit(error));
    throw error;
  });
  const [bare, insideWorkTree] = inside.split("\n");
  if (insideWorkTree === "true") {
    return realpath(await gitText(["rev-parse", "--show-toplevel"], userGit(start)));
  }
  throw new PortcullisError({
    code: bare === "true" ? "repository.bare" : "repository.not-git",
    kind: "usage",
    message: `expected a work tree of a git repository, found ${bare === "true" ? "a bare repository" : "git's own folder"} at ${start}`,
    remedy: "clone it and run there, or name the clone with --repo",
  });
}

async function requireCommits(root: string): Promise<void> {
  if ((await revisionIn(root, "HEAD")) !== null) return;
  const refs = await gitText(["for-each-ref", "--count=1"], userGit(root));
  if (refs !== "") return;
  throw new PortcullisError({
    code: "repository.no-commits",
    kind: "usage",
    message: `expected a commit to start from, found none in ${root}`,
    remedy: "commit something first: git add -A && git commit",
  });
}

async function revisionIn(root: string, revision: string): Promise<string | null> {
  if (revision === "" || revision.includes("\0") || revision.length > 4096) return null;
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const { exitCode, stdout } = await runGit(args, { ...userGit(root), answers: [1, 128] });
  const text = new TextDecoder().decode(stdout).trim();
  return exitCode === 0 && /^[0-9a-f]{40,64}$/.test(text) ? text : null;
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What git said, without how it was asked. */
function saidByGit({ message }: PortcullisError): string {
  return message.slice(message.indexOf(": ") + 2).replace(/^fatal: /, "");
}

function notGit(directory: string, found: string): PortcullisError {
  return new PortcullisError({
    code: "repository.not-git",
    kind: "usage",
    message: `expected a git repository at ${directory}, found none (${found})`,
    remedy: "go into the repository or name it with --repo; 'git init' makes one",
  });
}
