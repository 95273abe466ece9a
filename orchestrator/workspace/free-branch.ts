import { PortcullisError } from "../../core/errors.ts";
import { requireBranchName } from "./branch-name.ts";
import { runGit } from "./git.ts";
import { userGit, type Repository } from "./repository.ts";

/** Errors of kind usage: `branch.invalid`, `branch.exists`. A run must not find out at its end. */
export async function requireFreeBranch({ root }: Repository, branch: string): Promise<void> {
  await requireBranchName(branch);
  const args = ["show-ref", "--verify", "--quiet", `refs/heads/${branch}`];
  const { exitCode } = await runGit(args, { ...userGit(root), answers: [1] });
  if (exitCode === 1) return;
  throw new PortcullisError({
    code: "branch.exists",
    kind: "usage",
    message: `the branch '${branch}' exists already`,
    remedy: "name another with --branch, or leave it out for portcullis/<run>",
  });
}
