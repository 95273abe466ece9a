import type { Change } from "./change.ts";
import { isSubmodule, permittingMatcher } from "./path-match.ts";
import type { Breach } from "./protection-check.ts";

/** Every change outside of the task's globs, and every repository within the repository. Pure. */
export function outOfScope(changes: readonly Change[], scope: readonly string[]): readonly Breach[] {
  const matchers = scope.map(permittingMatcher);
  return changes.flatMap((change) => {
    if (isSubmodule(change))
      return [{ path: change.path, problem: "a repository within the repository is refused" }];
    if (matchers.some((matches) => matches(change.path))) return [];
    return [{ path: change.path, problem: `this path is outside of the task's scope (${scope.join(", ")})` }];
  });
}
