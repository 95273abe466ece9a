import type { Performer } from "./performer.ts";

/** The one write to the user's repository. */
export const publishBranch: Performer<"publish-branch"> = {
  async probe({ branch, commit }, { publisher }) {
    const found = await publisher.findBranch(branch);
    return found === commit ? { type: "branch.published", payload: { branch, commit } } : null;
  },
  async perform({ branch, commit }, { publisher }) {
    await publisher.publishBranch(branch, commit);
    return { type: "branch.published", payload: { branch, commit } };
  },
};
