import { PortcullisError } from "../../core/errors.ts";
import type { CandidateCommit, CommitRequest } from "../../core/ports/workspace.ts";
import { withExcludeList, type ExcludeList } from "./exclude-list.ts";
import { gitParts, gitText, runGit, type GitOptions } from "./git.ts";
import { commitTree, keepUnder } from "./make-commit.ts";
import type { PrivateClone } from "./private-clone.ts";
import { treeOf } from "./read-objects.ts";
import { refuseUnfit } from "./refuse-unfit.ts";
import { checkoutGit } from "./work-trees.ts";

/**
 * A commit of what lies in the work tree, measured against `parent`; ignored files are left out. Nothing changed: no
 * commit, `parent` itself. Errors of kind undecided: `commit.nested-repository`, and those of `refuseUnfit`.
 */
export async function commitWorkTree(clone: PrivateClone, request: CommitRequest): Promise<CandidateCommit> {
  const { checkout, parent, leaveOut, ref, message, trailers } = request;
  const git = checkoutGit(checkout);
  const tree = await withExcludeList(clone.temporary, leaveOut, (list) => snapshot(git, parent, list));
  if (tree === (await treeOf(clone, parent))) return keepUnder(clone, ref, parent);
  return commitTree(clone, { tree, parents: [parent], message, trailers, ref });
}

async function snapshot(git: GitOptions, parent: string, list: ExcludeList): Promise<string> {
  // Of the index alone: a work tree that starts from salvaged work is measured against what that started from.
  await runGit(["read-tree", "-m", "-i", parent], git);
  await forgetNestedRepositories(git);
  await refuseUnfit(git, list);
  const add = ["-c", `core.excludesFile=${list.file}`, "-c", "advice.addEmbeddedRepo=false", "add", "--all"];
  await runGit(add, git).catch(nameNestedRepository);
  // A `.gitignore` of the work tree may have overruled the list.
  const forget = ["rm", "-r", "--cached", "--force", "--quiet", "--ignore-unmatch"];
  await runGit([...forget, "--pathspec-from-file=-", "--pathspec-file-nul"], {
    ...git,
    input: list.pathspecs,
  });
  return gitText(["write-tree"], git);
}

/** For one that it knows, git would run `git status` inside, by that repository's own configuration. */
async function forgetNestedRepositories(git: GitOptions): Promise<void> {
  const entries = await gitParts(["ls-files", "-s", "-z"], git);
  const nested = entries.filter((entry) => entry.startsWith("160000 "));
  if (nested.length === 0) return;
  const paths = nested.map((entry) => entry.slice(entry.indexOf("\t") + 1));
  await runGit(["update-index", "--force-remove", "-z", "--stdin"], { ...git, input: paths.join("\0") });
}

function nameNestedRepository(error: unknown): never {
  const stderr = error instanceof PortcullisError ? stderrOf(error.cause) : "";
  const path = /'(.+?)\/?' does not have a commit checked out/s.exec(stderr)?.[1];
  if (path === undefined) throw error;
  throw new PortcullisError({
    code: "commit.nested-repository",
    kind: "undecided",
    // The next attempt is told, and can do without.
    retryable: true,
    message: `expected plain files in the work tree, found a git repository in '${path}'`,
    remedy: "remove the .git folder there; a test that needs a repository makes it in a temporary folder",
    cause: error,
  });
}

function stderrOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("stderr" in cause)) return "";
  return cause.stderr instanceof Uint8Array ? new TextDecoder().decode(cause.stderr) : "";
}
