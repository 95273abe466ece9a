import picomatch from "picomatch";

/** Whether a glob names a path; one that names a folder (`src`, `src/`) covers all below it. Dots are not special. */
export function pathMatcher(glob: string): (path: string) => boolean {
  const trimmed = glob.replace(/\/+$/, "");
  const exact = picomatch(trimmed, { dot: true });
  const below = picomatch(`${trimmed}/**`, { dot: true });
  return (path) => exact(path) || below(path);
}

const submoduleMode = "160000";

/** True for what no checkout reproduces: a repository inside the repository. */
export function isSubmodule(change: { mode: string }): boolean {
  return change.mode === submoduleMode;
}
