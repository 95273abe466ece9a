import type { Workspace } from "../../core/ports/workspace.ts";
import { addFiles } from "./add-files.ts";
import { changesBetween } from "./changes.ts";
import { makeAhead, takeAhead } from "./checkouts-ahead.ts";
import { commitWorkTree } from "./commit-work-tree.ts";
import { fetchCommit } from "./fetch-commit.ts";
import { measureChanges } from "./measure-changes.ts";
import { mergeCommits } from "./merge-commits.ts";
import { openPrivateClone } from "./private-clone.ts";
import { readObjects } from "./read-contents.ts";
import { listFiles, readFileAt, resolveRef, treeOf } from "./read-objects.ts";
import type { Repository } from "./repository.ts";
import { hasUnsavedWork } from "./unsaved-work.ts";
import { checkOut, discardCheckout, findCheckout, listCheckouts, removeCheckout } from "./work-trees.ts";

/**
 * The workspace of a repository on a private bare clone under `<state>/repositories/<id>`. Commands of git end after
 * two minutes, those that copy files after ten.
 */
export async function openGitWorkspace(request: {
  repository: Repository;
  stateDirectory: string;
}): Promise<Workspace> {
  const { repository, stateDirectory } = request;
  const clone = await openPrivateClone(repository, stateDirectory);
  return {
    repositoryId: repository.id,
    fetch: (commit) => fetchCommit(clone, repository, commit),
    checkOut: (id, commit) => checkOut(clone, id, commit),
    findCheckout: (id) => findCheckout(clone, id),
    removeCheckout: (id) => removeCheckout(clone, id),
    listCheckouts: (prefix) => listCheckouts(clone, prefix),
    hasUnsavedWork,
    discardCheckout: (id) => discardCheckout(clone, id),
    makeAhead: (id, commit, signal) => makeAhead(clone, id, commit, signal),
    takeAhead: (ahead, wanted) => takeAhead(clone, ahead, wanted),
    commit: (commitRequest) => commitWorkTree(clone, commitRequest),
    resolveRef: (ref) => resolveRef(clone, ref),
    treeOf: (commit) => treeOf(clone, commit),
    changes: (from, to) => changesBetween(clone, from, to),
    measureChanges: (from, to) => measureChanges(clone, from, to),
    readObjects: (objects, maxBytes) => readObjects(clone, objects, maxBytes),
    readFile: (commit, path, maxBytes) => readFileAt(clone, commit, path, maxBytes),
    listFiles: (commit) => listFiles(clone, commit),
    addFiles: (addRequest) => addFiles(clone, addRequest),
    merge: (mergeRequest) => mergeCommits(clone, mergeRequest),
  };
}
