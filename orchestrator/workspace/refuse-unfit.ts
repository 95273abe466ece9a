import { lstat, readdir } from "node:fs/promises";
import type { Dirent, Stats } from "node:fs";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import type { ExcludeList } from "./exclude-list.ts";
import { runGit, type GitOptions } from "./git.ts";

/** A sparse file of a terabyte takes no room on the disk, and a day to hash. */
const mostBytes = 100 * 1024 * 1024;
const mostBytesTogether = 1024 * 1024 * 1024;
const mostEntries = 1_000_000;

/**
 * Refuses what must not be read into a commit, before git reads it: changed and new files over 100 MiB (1 GiB together),
 * hard links, whose content is that of a file elsewhere, and pipes, sockets and devices. Errors of kind undecided:
 * `commit.file-too-large`, `commit.hard-link`, `commit.special-file`, `commit.too-many-files`, `commit.unreadable-folder`.
 */
export async function refuseUnfit(git: GitOptions, list: ExcludeList): Promise<void> {
  const excludes = ["-c", `core.excludesFile=${list.file}`];
  const args = [...excludes, "ls-files", "-z", "--modified", "--others", "--exclude-standard"];
  let together = 0;
  for (const path of bytePaths((await runGit(args, git)).stdout)) {
    const found = await lstat(placeOf(git, path)).catch(() => null);
    if (found === null || found.isDirectory() || found.isSymbolicLink()) continue;
    if (!found.isFile()) throw specialFile(path, found);
    if (found.nlink > 1) throw hardLink(path, found.nlink);
    together += found.size;
    if (found.size > mostBytes) throw tooLarge(`in '${shown(path)}'`, found.size, mostBytes);
    if (together > mostBytesTogether) throw tooLarge("in all that is new", together, mostBytesTogether);
  }
  await refuseSpecialFiles(git, list);
}

/** Git passes over them without a word, where nothing is tracked in their place. */
async function refuseSpecialFiles(git: GitOptions, list: ExcludeList): Promise<void> {
  const prefix = ":(top,literal)".length;
  const leftOut = new Set(bytePaths(Buffer.from(list.pathspecs)).map((spec) => spec.slice(prefix)));
  const special: string[] = [];
  const folders = [""];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(git, folder)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === ".git" || leftOut.has(path)) continue;
      entries += 1;
      if (entries > mostEntries) throw tooManyEntries();
      if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile() && !entry.isSymbolicLink()) special.push(path);
    }
  }
  const [path] = await withoutIgnored(git, special);
  if (path !== undefined) throw specialFile(path, await lstat(placeOf(git, path)));
}

function entriesOf(git: GitOptions, folder: string): Promise<Dirent[]> {
  return readdir(placeOf(git, folder), { withFileTypes: true, encoding: "latin1" }).catch(
    (error: unknown) => {
      throw unreadable(folder, error);
    },
  );
}

async function withoutIgnored(git: GitOptions, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const input = Buffer.from(paths.join("\0"), "latin1");
  const args = ["check-ignore", "-z", "--stdin", "--no-index"];
  const { stdout } = await runGit(args, { ...git, input, answers: [1] });
  const ignored = new Set(bytePaths(stdout));
  return paths.filter((path) => !ignored.has(path));
}

/** As Latin-1, which keeps every byte: a name that is no UTF-8 would not be found again. */
function bytePaths(output: Uint8Array): string[] {
  return Buffer.from(output)
    .toString("latin1")
    .split("\0")
    .filter((path) => path !== "");
}

function placeOf({ directory }: GitOptions, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, "latin1")]);
}

function shown(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}

/** The next attempt is told, and can do without. */
const retryable = true;

function specialFile(path: string, found: Stats): PortcullisError {
  const kind = found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";
  return new PortcullisError({
    code: "commit.special-file",
    kind: "undecided",
    retryable,
    message: `expected files, folders and links in the work tree, found ${kind} at '${shown(path)}'`,
    remedy: "remove it, or make it in a temporary folder",
  });
}

function hardLink(path: string, links: number): PortcullisError {
  return new PortcullisError({
    code: "commit.hard-link",
    kind: "undecided",
    retryable,
    message: `expected files of the work tree's own, found '${shown(path)}' under ${links} names (a hard link)`,
    remedy: "copy the file in place of linking it",
  });
}

function tooLarge(where: string, bytes: number, limit: number): PortcullisError {
  return new PortcullisError({
    code: "commit.file-too-large",
    kind: "undecided",
    retryable,
    message: `expected at most ${limit} bytes ${where}, found ${bytes}`,
    remedy: "leave the file out, or have .gitignore name it",
  });
}

function tooManyEntries(): PortcullisError {
  return new PortcullisError({
    code: "commit.too-many-files",
    kind: "undecided",
    retryable,
    message: `expected at most ${mostEntries} files in the work tree, found more`,
    remedy: "make what is temporary in a temporary folder",
  });
}

function unreadable(folder: string, cause: unknown): PortcullisError {
  return new PortcullisError({
    code: "commit.unreadable-folder",
    kind: "undecided",
    retryable,
    message: `expected folders that can be read in the work tree, found '${shown(folder)}': ${messageOf(cause)}`,
    remedy: "remove the folder, or give the right to read it back",
    cause,
  });
}
