import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { PortcullisError } from "../../core/errors.ts";
import type { ExcludeList } from "./exclude-list.ts";
import { gitParts, type GitOptions } from "./git.ts";

/** A sparse file of a terabyte takes no room on the disk, and a day to hash. */
const mostBytes = 100 * 1024 * 1024;

/** Refuses a changed or new file over 100 MiB before git reads it. */
export async function refuseOversized(git: GitOptions, list: ExcludeList): Promise<void> {
  const excludes = ["-c", `core.excludesFile=${list.file}`];
  const args = [...excludes, "ls-files", "-z", "--modified", "--others", "--exclude-standard"];
  for (const path of await gitParts(args, git)) {
    const found = await lstat(join(git.directory, path)).catch(() => null);
    if (found?.isFile() !== true || found.size <= mostBytes) continue;
    throw new PortcullisError({
      code: "commit.file-too-large",
      kind: "undecided",
      message: `expected at most ${mostBytes} bytes in '${path}', found ${found.size}`,
      remedy: "leave the file out, or have .gitignore name it",
    });
  }
}
