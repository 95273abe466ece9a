import type { Change } from "./change.ts";
import { permittingMatcher, protectingMatcher } from "./path-match.ts";
import type { ProtectionRule } from "./protection.ts";

export interface Breach {
  path: string;
  problem: string;
}

/** Every change that the rules do not allow. Pure. */
export function breaches(changes: readonly Change[], rules: readonly ProtectionRule[]): readonly Breach[] {
  const matchers = rules.map(({ glob, mode }) => ({
    mode,
    matches: mode === "open" ? permittingMatcher(glob) : protectingMatcher(glob),
  }));
  return changes.flatMap(({ path, kind }) => {
    const mode = matchers.findLast(({ matches }) => matches(path))?.mode ?? "open";
    if (mode === "frozen") return [{ path, problem: `this path is frozen, and was ${kind}` }];
    if (mode === "add-only" && kind !== "added") {
      return [
        { path, problem: `existing files here are frozen (new ones are allowed), and this was ${kind}` },
      ];
    }
    return [];
  });
}
