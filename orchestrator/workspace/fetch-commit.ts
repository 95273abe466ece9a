import { runGit } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";
import { resolveRef } from "./read-objects.ts";
import type { Repository } from "./repository.ts";

const fetchTimeoutMs = 600_000;

/** Gives a commit by its id, also one that no ref reaches; asks nobody else for what it lacks and runs no hook. */
export const uploadPack =
  "env GIT_ALLOW_PROTOCOL=none git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false " +
  "-c uploadpack.allowAnySHA1InWant=true upload-pack";

/** Brings one commit, with its history, from the user's repository into the clone. A ref there says that all of it came. */
export async function fetchCommit(
  clone: PrivateClone,
  repository: Repository,
  commit: string,
): Promise<void> {
  const ref = `refs/bases/${commit}`;
  if ((await resolveRef(clone, ref)) !== null) return;
  const options = [
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--update-shallow",
    "--no-auto-maintenance",
  ];
  await runGit(["fetch", ...options, `--upload-pack=${uploadPack}`, repository.root, `${commit}:${ref}`], {
    ...cloneGit(clone),
    timeoutMs: fetchTimeoutMs,
  });
}
