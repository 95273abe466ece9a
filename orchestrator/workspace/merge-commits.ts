import { PortcullisError } from "../../core/errors.ts";
import type { CandidateCommit, Workspace } from "../../core/ports/workspace.ts";
import { runGit, splitParts } from "./git.ts";
import { commitTree, keepUnder } from "./make-commit.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

type MergeRequest = Parameters<Workspace["merge"]>[0];

/** Three-way, without a work tree; what one side has of the other already makes no commit. */
export async function mergeCommits(
  clone: PrivateClone,
  { onto, commit, message, trailers, ref }: MergeRequest,
): Promise<{ merged: CandidateCommit } | { conflicts: readonly string[] }> {
  if (await isAncestor(clone, onto, commit)) return { merged: await keepUnder(clone, ref, commit) };
  if (await isAncestor(clone, commit, onto)) return { merged: await keepUnder(clone, ref, onto) };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", onto, commit];
  const { exitCode, stdout } = await runGit(args, { ...cloneGit(clone), answers: [1] });
  const [tree = "", ...conflicts] = splitParts(stdout);
  // A bad revision has exit code 1 too, but then nothing is written.
  if (!/^[0-9a-f]{40,64}$/.test(tree)) throw notMergeable(onto, commit);
  if (exitCode !== 0) return { conflicts: [...new Set(conflicts)] };
  return { merged: await commitTree(clone, { tree, parents: [onto, commit], message, trailers, ref }) };
}

async function isAncestor(clone: PrivateClone, ancestor: string, commit: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", ancestor, commit];
  return (await runGit(args, { ...cloneGit(clone), answers: [1] })).exitCode === 0;
}

function notMergeable(onto: string, commit: string): PortcullisError {
  return new PortcullisError({
    code: "git.failed",
    kind: "undecided",
    message: `git merge-tree could not merge ${commit} onto ${onto}: no tree was written`,
    remedy: "look whether both commits are in the private clone",
  });
}
