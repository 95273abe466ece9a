import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PortcullisError } from "../../core/errors.ts";
import type { Checkout } from "../../core/ports/workspace.ts";
import { runGit, type GitOptions } from "./git.ts";
import { pathExists } from "./path-exists.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";
import { removeFolder, removeManyFiles } from "./remove-folder.ts";

const checkOutTimeoutMs = 600_000;

/** Git names the administrative folder after the work tree's own; these characters it takes as they are. */
const safeId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$/;

export async function checkOut(clone: PrivateClone, id: string, commit: string): Promise<Checkout> {
  await removeCheckout(clone, id);
  const { directory } = checkoutAt(clone, id);
  await runGit(["worktree", "add", "--quiet", "--detach", "--force", directory, commit], {
    ...cloneGit(clone),
    timeoutMs: checkOutTimeoutMs,
  });
  return checkoutAt(clone, id);
}

/** Null also for one whose making or removing was cut short: git holds a lock until all files are there. */
export async function findCheckout(clone: PrivateClone, id: string): Promise<Checkout | null> {
  const checkout = checkoutAt(clone, id);
  const admin = adminDirectory(checkout);
  const [made, unfinished, there] = await Promise.all(
    [join(admin, "HEAD"), join(admin, "locked"), checkout.directory].map(pathExists),
  );
  return made === true && unfinished === false && there === true ? checkout : null;
}

export async function listCheckouts(clone: PrivateClone, prefix: string): Promise<readonly string[]> {
  const folders = [clone.workTrees, clone.ahead, join(clone.gitDirectory, "worktrees")];
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  return [...new Set(names.flat())].filter((name) => name.startsWith(prefix));
}

/** Without git, which would look at what a worker left. */
export async function removeCheckout(clone: PrivateClone, id: string): Promise<void> {
  const checkout = checkoutAt(clone, id);
  await rm(adminDirectory(checkout), { recursive: true, force: true });
  await Promise.all([checkout.directory, join(clone.ahead, id)].map(removeFolder));
}

/** Under a name that nobody else takes. */
export async function discardCheckout(clone: PrivateClone, id: string): Promise<{ removed: Promise<void> }> {
  const checkout = checkoutAt(clone, id);
  const away = join(clone.removed, `${id}-${randomUUID().slice(0, 8)}`);
  await rm(adminDirectory(checkout), { recursive: true, force: true });
  try {
    await rename(checkout.directory, away);
  } catch {
    await removeFolder(checkout.directory);
  }
  const removed = removeDiscarded(clone);
  // Who does not wait for it is not told.
  removed.catch(() => undefined);
  return { removed };
}

/** Also what a dead process has left. */
async function removeDiscarded({ removed }: PrivateClone): Promise<void> {
  await removeManyFiles((await readdir(removed)).map((name) => join(removed, name)));
}

/**
 * How git is run on a work tree: its `.git` file is never read, since a command in the work tree may have changed it.
 */
export function checkoutGit(checkout: Checkout): GitOptions & { owner: "ours" } {
  return {
    owner: "ours",
    directory: checkout.directory,
    environment: { GIT_DIR: adminDirectory(checkout), GIT_WORK_TREE: checkout.directory },
  };
}

export function checkoutAt(clone: PrivateClone, id: string): Checkout {
  if (!safeId.test(id)) {
    throw new PortcullisError({
      code: "work-tree.invalid-id",
      kind: "defect",
      message: `expected an id of 1 to 200 letters, digits, '_' and '-', found '${id.slice(0, 250)}'`,
      remedy: "report this with the run's events",
    });
  }
  return { id, directory: join(clone.workTrees, id), gitDirectory: clone.gitDirectory };
}

export function adminDirectory({ gitDirectory, id }: Checkout): string {
  return join(gitDirectory, "worktrees", id);
}
