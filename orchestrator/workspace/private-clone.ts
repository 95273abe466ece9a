import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { runGit, type GitOptions } from "./git.ts";
import { pathExists } from "./path-exists.ts";
import type { Repository } from "./repository.ts";

/** Where a repository's private clone lies, and its work trees beside it. */
export interface PrivateClone {
  gitDirectory: string;
  workTrees: string;
  /** Checkouts made ahead. A folder of its own, so that a sandbox is denied those too that come after its start. */
  ahead: string;
  /** What is being removed. */
  removed: string;
  /** For files that no work tree may see: exclude lists. */
  temporary: string;
}

/**
 * No attribute of any commit changes bytes on their way in or out: a tree is what lies in the work tree, and no worker's
 * `.gitattributes` has an effect.
 */
const attributes = "* -text -filter -ident -working-tree-encoding\n";

/** Makes the clone under the state folder unless it is there. */
export async function openPrivateClone(
  repository: Repository,
  stateDirectory: string,
): Promise<PrivateClone> {
  const clone = cloneAt(stateDirectory, repository.id);
  await Promise.all(
    [clone.workTrees, clone.ahead, clone.removed, clone.temporary].map((path) =>
      mkdir(path, { recursive: true, mode: 0o700 }),
    ),
  );
  if (!(await pathExists(clone.gitDirectory))) await makeClone(clone, repository);
  return clone;
}

/** Where it lies, whether it is there or not. */
export function cloneAt(stateDirectory: string, repositoryId: string): PrivateClone {
  const home = join(stateDirectory, "repositories", repositoryId);
  return {
    gitDirectory: join(home, "git"),
    workTrees: join(home, "work-trees"),
    ahead: join(home, "ahead"),
    removed: join(home, "removed"),
    temporary: join(home, "temporary"),
  };
}

/** How git is run on the private clone itself. */
export function cloneGit({ gitDirectory }: PrivateClone): GitOptions & { owner: "ours" } {
  return { owner: "ours", directory: gitDirectory, environment: { GIT_DIR: gitDirectory } };
}

/** Whole or not at all; where another process was first, its clone is kept. */
async function makeClone(clone: PrivateClone, { objectFormat }: Repository): Promise<void> {
  const draft = join(clone.temporary, `clone-${randomUUID()}`);
  const format = `--object-format=${objectFormat}`;
  await runGit(["init", "--quiet", "--bare", "--template=", "--initial-branch=none", format, draft], {
    owner: "ours",
    directory: clone.temporary,
  });
  await mkdir(join(draft, "info"), { recursive: true });
  await writeFile(join(draft, "info", "attributes"), attributes);
  try {
    await rename(draft, clone.gitDirectory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await pathExists(clone.gitDirectory))) throw error;
  }
}
