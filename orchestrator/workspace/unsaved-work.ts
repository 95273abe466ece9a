import type { Checkout } from "../../core/ports/workspace.ts";
import { gitParts, gitText } from "./git.ts";
import type { PrivateClone } from "./private-clone.ts";
import { checkoutGit } from "./work-trees.ts";

/**
 * Whether a work tree holds what would be lost with it: changes that no commit has, ignored files and `leaveOut` aside, or a
 * commit that no ref keeps. Changes nothing.
 */
export async function hasUnsavedWork(checkout: Checkout, leaveOut: readonly string[]): Promise<boolean> {
  const git = checkoutGit(checkout);
  const args = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal"];
  const entries = await gitParts([...args, "--ignore-submodules=all"], git);
  const roots = [".portcullis-env", ...leaveOut].map((path) => path.replace(/\/+$/, ""));
  const isOurs = (path: string): boolean =>
    roots.some((root) => path.replace(/\/$/, "") === root || path.startsWith(`${root}/`));
  if (entries.some((entry) => !isOurs(entry.slice(3)))) return true;
  const head = await gitText(["rev-parse", "HEAD"], git);
  return (await gitText(["for-each-ref", "--count=1", "--contains", head], git)) === "";
}

/** How many commits the private clone keeps of a run. */
export async function keptRefs({ gitDirectory }: PrivateClone, runId: string): Promise<number> {
  const names = await gitText(["for-each-ref", "--format=%(refname)", `refs/portcullis/${runId}`], {
    owner: "ours",
    directory: gitDirectory,
    environment: { GIT_DIR: gitDirectory },
  });
  return names === "" ? 0 : names.split("\n").length;
}
