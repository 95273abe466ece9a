import { rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Checkout } from "../../core/ports/workspace.ts";
import { gitParts, runGit } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";
import { adminDirectory, checkoutAt, checkoutGit, removeCheckout } from "./work-trees.ts";

const timeoutMs = 600_000;

/** Its files are written by one process, which an abort ends; `git worktree add` would leave that to a child of its own. */
export async function makeAhead(
  clone: PrivateClone,
  id: string,
  commit: string,
  signal: AbortSignal,
): Promise<Checkout> {
  await removeCheckout(clone, id);
  const ahead = { ...checkoutAt(clone, id), directory: join(clone.ahead, id) };
  const index = join(adminDirectory(ahead), "index");
  try {
    signal.throwIfAborted();
    const options = ["--quiet", "--detach", "--force", "--no-checkout"];
    await runGit(["worktree", "add", ...options, ahead.directory, commit], cloneGit(clone));
    await runGit(["read-tree", "-m", "-u", commit], { ...checkoutGit(ahead), timeoutMs, signal });
    // Git reads each file again that is no older, in whole seconds, than the index; these are just as it wrote them.
    const later = Math.ceil(Date.now() / 1000) + 1;
    await utimes(index, later, later);
    return ahead;
  } catch (error) {
    await removeCheckout(clone, id);
    throw error;
  }
}

/** Brought to the commit, proven, and moved to where checkouts are. */
export async function takeAhead(
  clone: PrivateClone,
  ahead: Checkout,
  { id, commit, beside }: { id: string; commit: string; beside: readonly string[] },
): Promise<Checkout | null> {
  try {
    // Takes nothing away that it does not know: what is beside the commit's files and in their way makes it fail.
    await runGit(["read-tree", "-m", "-u", commit], { ...checkoutGit(ahead), timeoutMs });
    if (await isExactly(ahead, commit, beside)) {
      await removeCheckout(clone, id);
      return await moveTo(checkoutAt(clone, id), ahead, commit);
    }
  } catch {
    // Then one is made now, and what is wrong shows there.
  }
  await Promise.all([removeCheckout(clone, ahead.id), removeCheckout(clone, id)]);
  return null;
}

/**
 * The index is the commit's tree, each file's metadata is what git wrote down when it wrote the file, and beside them, ignored
 * or not, empty folders too, there is `beside` alone.
 */
async function isExactly(ahead: Checkout, commit: string, beside: readonly string[]): Promise<boolean> {
  const git = checkoutGit(ahead);
  const [changed, others] = await Promise.all([
    gitParts(["diff-index", "-z", "--raw", "--no-renames", "--ignore-submodules=none", commit, "--"], git),
    gitParts(["ls-files", "-z", "--others", "--directory"], git),
  ]);
  const found = others.map((path) => path.replace(/\/$/, "")).toSorted();
  const expected = beside.toSorted();
  return (
    changed.length === 0 &&
    found.length === expected.length &&
    found.every((path, index) => path === expected[index])
  );
}

/** Locked meanwhile, as one that git is making: cut short, it is not found (`findCheckout`). */
async function moveTo(checkout: Checkout, ahead: Checkout, commit: string): Promise<Checkout> {
  const admin = adminDirectory(checkout);
  const lock = join(admin, "locked");
  await writeFile(join(adminDirectory(ahead), "locked"), "initializing");
  await rename(adminDirectory(ahead), admin);
  await rename(ahead.directory, checkout.directory);
  const dotGit = join(checkout.directory, ".git");
  await Promise.all([
    writeFile(join(admin, "gitdir"), `${dotGit}\n`),
    writeFile(dotGit, `gitdir: ${admin}\n`),
    writeFile(join(admin, "HEAD"), `${commit}\n`),
    writeFile(join(admin, "ORIG_HEAD"), `${commit}\n`),
  ]);
  await rm(lock);
  return checkout;
}
