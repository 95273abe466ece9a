import { PortcullisError } from "../../core/errors.ts";
import { runGit } from "./git.ts";

/** Errors of kind usage: `branch.invalid`. */
export async function requireBranchName(branch: string): Promise<void> {
  const refused = branch.startsWith("-") || branch === "HEAD" || branch.includes("\0") || branch.length > 200;
  if (!refused) {
    const args = ["check-ref-format", `refs/heads/${branch}`];
    const { exitCode } = await runGit(args, { owner: "ours", directory: "/", answers: [1] });
    if (exitCode === 0) return;
  }
  throw new PortcullisError({
    code: "branch.invalid",
    kind: "usage",
    message: `expected a branch name of at most 200 characters that git takes, found '${branch.slice(0, 250)}'`,
    remedy: "give one such as portcullis/my-change; 'git help check-ref-format' has the rules",
  });
}
