import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PortcullisError } from "../../core/errors.ts";
import { gitParts, runGit } from "./git.ts";
import { userGit, type Repository } from "./repository.ts";

const maxBytes = 256 * 1024 * 1024;

/**
 * Writes the files of a commit that `wanted` names into a folder, byte for byte, without filters; links and submodules are
 * left out. At most 256 MiB.
 */
export async function exportFiles(
  repository: Repository,
  commit: string,
  { directory, wanted }: { directory: string; wanted: (path: string) => boolean },
): Promise<void> {
  const entries = await gitParts(["ls-tree", "-r", "-z", "--full-tree", commit], userGit(repository.root));
  const files = entries.flatMap((entry) => {
    const tab = entry.indexOf("\t");
    const [mode = "", , object = ""] = entry.slice(0, tab).split(" ");
    const path = entry.slice(tab + 1);
    return mode.startsWith("100") && isPlain(path) && wanted(path) ? [{ path, object }] : [];
  });
  const { stdout } = await runGit(["cat-file", "--batch"], {
    ...userGit(repository.root),
    input: files.map(({ object }) => `${object}\n`).join(""),
    maxOutputBytes: maxBytes,
  });
  let at = 0;
  for (const { path } of files) {
    const end = stdout.indexOf(0x0a, at);
    const [, type, size = ""] = new TextDecoder().decode(stdout.subarray(at, end)).split(" ");
    if (end === -1 || type !== "blob") throw unreadable(path);
    const from = end + 1;
    at = from + Number(size) + 1;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), stdout.subarray(from, at - 1), { flag: "wx" });
  }
}

/** Git refuses to make other paths, but a repository may be made by something else. */
function isPlain(path: string): boolean {
  return !path.startsWith("/") && path.split("/").every((part) => !["", ".", "..", ".git"].includes(part));
}

function unreadable(path: string): PortcullisError {
  return new PortcullisError({
    code: "git.failed",
    kind: "undecided",
    message: `git could not give '${path.slice(0, 200)}' of the commit`,
    remedy: "see whether the repository is whole: git fsck",
  });
}
