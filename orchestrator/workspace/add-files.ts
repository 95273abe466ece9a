import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PortcullisError } from "../../core/errors.ts";
import type { AddFilesRequest, CandidateCommit } from "../../core/ports/workspace.ts";
import { changesBetween } from "./changes.ts";
import { gitParts, gitText, runGit } from "./git.ts";
import { commitTree } from "./make-commit.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

/** Without a work tree, in an index of its own. Error of kind undecided: `files.in-the-way`, where it would take something away. */
export async function addFiles(
  clone: PrivateClone,
  { onto, from, paths, message, ref }: AddFilesRequest,
): Promise<CandidateCommit> {
  const index = join(clone.temporary, `index-${randomUUID()}`);
  const own = cloneGit(clone);
  const git = { ...own, environment: { ...own.environment, GIT_INDEX_FILE: index } };
  try {
    const wanted = new Set(paths);
    const entries = await gitParts(["ls-tree", "-r", "-z", "--full-tree", from], own);
    const input = entries
      .filter((entry) => entry.startsWith("100") && wanted.has(entry.slice(entry.indexOf("\t") + 1)))
      .map((entry) => `${entry}\0`);
    await runGit(["read-tree", onto], git);
    await runGit(["update-index", "-z", "--index-info"], { ...git, input: input.join("") });
    const tree = await gitText(["write-tree"], git);
    const taken = (await changesBetween(clone, onto, tree)).find(({ kind }) => kind !== "added");
    if (taken !== undefined) throw inTheWay(taken.path);
    return await commitTree(clone, { tree, parents: [onto], message, trailers: {}, ref });
  } finally {
    await rm(index, { force: true });
  }
}

function inTheWay(path: string): PortcullisError {
  return new PortcullisError({
    code: "files.in-the-way",
    kind: "undecided",
    message: `expected files that only add to the commit, found one in the place of '${path}'`,
    remedy: "give the new files paths where nothing was",
  });
}
