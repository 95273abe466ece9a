import { lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PortcullisError } from "../../core/errors.ts";
import type { Checkout } from "../../core/ports/workspace.ts";
import { copyTree } from "./copy-tree.ts";

/** Copies what a setup made into a checkout, over nothing and through no link. Error: `environment.in-the-way`. */
export async function giveRoots(
  from: string,
  roots: readonly string[],
  checkout: Checkout,
  signal?: AbortSignal,
): Promise<void> {
  for (const root of roots) {
    if (await isTaken(checkout.directory, root)) throw inTheWay(root);
    const target = join(checkout.directory, root);
    await mkdir(dirname(target), { recursive: true });
    await copyTree(join(from, root), target, signal);
  }
}

/** Something is in the root's place, or on the way to it something that is no folder. */
async function isTaken(directory: string, root: string): Promise<boolean> {
  const parts = root.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const found = await lstat(join(directory, ...parts.slice(0, depth))).catch(() => null);
    if (found === null) return false;
    if (depth === parts.length || !found.isDirectory()) return true;
  }
  return false;
}

function inTheWay(root: string): PortcullisError {
  return new PortcullisError({
    code: "environment.in-the-way",
    kind: "undecided",
    message: `setup makes '${root}', and something of the work is in its place`,
    remedy: "leave what setup makes out of the repository, or have setup make it elsewhere",
  });
}
