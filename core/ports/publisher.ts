/** The way out of a run: the one place where the user's repository is written. */
export interface Publisher {
  /** Makes `branch` at `commit`. A branch of that name elsewhere: `branch.exists`. Already there: nothing to do. */
  publishBranch(branch: string, commit: string): Promise<void>;
  /** The commit of the branch in the user's repository, or null. */
  findBranch(branch: string): Promise<string | null>;
}
