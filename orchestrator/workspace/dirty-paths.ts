import { gitText, runGit, splitParts } from "./git.ts";
import { userGit, type Repository } from "./repository.ts";

/** A run says what it leaves out; nobody reads more names than this. */
const mostPaths = 200;

/**
 * Paths with uncommitted changes, which a run from a commit leaves out: at most 200, untracked folders as one. The
 * repository's filters do not run, and its index is not refreshed.
 */
export async function dirtyPaths(repository: Repository): Promise<readonly string[]> {
  const options = { ...userGit(repository.root), environment: await withoutFilters(repository) };
  const args = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal"];
  const { stdout } = await runGit([...args, "--ignore-submodules=all"], options);
  return splitParts(stdout)
    .slice(0, mostPaths)
    .map((entry) => entry.slice(3));
}

/** Filters are commands of the repository's own configuration; each is set to nothing. */
async function withoutFilters({ root }: Repository): Promise<Record<string, string>> {
  const names = await gitText(["config", "--name-only", "--null", "--get-regexp", "^filter\\..*"], {
    ...userGit(root),
    answers: [1],
  });
  const drivers = new Set(
    names.split("\0").flatMap((name) => /^filter\.(.*)\.[^.]*$/s.exec(name)?.[1] ?? []),
  );
  const settings = [...drivers].flatMap((driver) => [
    [`filter.${driver}.clean`, ""],
    [`filter.${driver}.smudge`, ""],
    [`filter.${driver}.process`, ""],
    [`filter.${driver}.required`, "false"],
  ]);
  const variables = settings.flatMap(([key = "", value = ""], index): [string, string][] => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(variables) };
}
