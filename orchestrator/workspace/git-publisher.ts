import { PortcullisError } from "../../core/errors.ts";
import type { Publisher } from "../../core/ports/publisher.ts";
import { requireBranchName } from "./branch-name.ts";
import { uploadPack } from "./fetch-commit.ts";
import { gitText, runGit } from "./git.ts";
import { openPrivateClone, type PrivateClone } from "./private-clone.ts";
import { userGit, type Repository } from "./repository.ts";

const fetchTimeoutMs = 600_000;
const reflogIdentity = {
  GIT_COMMITTER_NAME: "Portcullis",
  GIT_COMMITTER_EMAIL: "portcullis@localhost",
};

/**
 * Branches of the user's repository, from its private clone. None of the repository's hooks runs. Errors of kind usage:
 * `branch.exists`, `branch.invalid`.
 */
export async function openGitPublisher(request: {
  repository: Repository;
  stateDirectory: string;
}): Promise<Publisher> {
  const { repository, stateDirectory } = request;
  const clone = await openPrivateClone(repository, stateDirectory);
  return {
    findBranch: (branch) => findBranch(repository, branch),
    publishBranch: (branch, commit) => publishBranch(clone, repository, branch, commit),
  };
}

async function findBranch({ root }: Repository, branch: string): Promise<string | null> {
  await requireBranchName(branch);
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `refs/heads/${branch}^{commit}`];
  const { exitCode, stdout } = await runGit(args, { ...userGit(root), answers: [1, 128] });
  return exitCode === 0 ? new TextDecoder().decode(stdout).trim() : null;
}

/** Objects first, then the branch, made only where there is none: a branch that another made meanwhile is not moved. */
async function publishBranch(
  clone: PrivateClone,
  repository: Repository,
  branch: string,
  commit: string,
): Promise<void> {
  const found = await findBranch(repository, branch);
  if (found === commit) return;
  if (found !== null) throw branchExists(branch, `it stands at ${found}`);
  await refuseBlocked(repository, branch);
  const git = userGit(repository.root);
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-prune", "--no-auto-maintenance"];
  await runGit(["fetch", ...options, `--upload-pack=${uploadPack}`, clone.gitDirectory, commit], {
    ...git,
    timeoutMs: fetchTimeoutMs,
  });
  const args = [
    "update-ref",
    "-m",
    "portcullis: published",
    `refs/heads/${branch}`,
    commit,
    "0".repeat(commit.length),
  ];
  await runGit(args, { ...git, environment: reflogIdentity });
}

/** Git keeps branches as files: beside `a` there can be no `a/b`. */
async function refuseBlocked({ root }: Repository, branch: string): Promise<void> {
  const parts = branch.split("/");
  const above = parts.slice(1).map((_part, index) => `refs/heads/${parts.slice(0, index + 1).join("/")}`);
  const args = ["for-each-ref", "--count=1", "--format=%(refname:short)", `refs/heads/${branch}/`];
  const below = await gitText(args, userGit(root));
  if (below !== "") throw branchExists(branch, `'${below}' is in its way`);
  for (const ref of above) {
    const { exitCode } = await runGit(["show-ref", "--verify", "--quiet", ref], {
      ...userGit(root),
      answers: [1],
    });
    if (exitCode === 0) throw branchExists(branch, `'${ref.slice("refs/heads/".length)}' is in its way`);
  }
}

function branchExists(branch: string, found: string): PortcullisError {
  return new PortcullisError({
    code: "branch.exists",
    kind: "usage",
    message: `expected no branch '${branch}' yet, found that ${found}`,
    remedy: "give another name with --branch, or delete that branch",
  });
}
