import type { RepositoryFiles } from "../environment/detect.ts";
import { gitParts, runGit } from "./git.ts";
import { userGit, type Repository } from "./repository.ts";

/** Files of a commit in the user's repository, read in place. Links are no files. */
export async function repositoryFiles(repository: Repository, commit: string): Promise<RepositoryFiles> {
  const entries = await gitParts(["ls-tree", "-r", "-z", "--full-tree", commit], userGit(repository.root));
  const objects = new Map<string, string>();
  for (const entry of entries) {
    const tab = entry.indexOf("\t");
    const [mode = "", , object = ""] = entry.slice(0, tab).split(" ");
    if (mode.startsWith("100")) objects.set(entry.slice(tab + 1), object);
  }
  return {
    paths: [...objects.keys()],
    async read(path) {
      const object = objects.get(path);
      if (object === undefined) return null;
      const { stdout } = await runGit(["cat-file", "blob", object], userGit(repository.root));
      return Buffer.from(stdout).toString("utf8");
    },
  };
}
