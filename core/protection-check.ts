import type { Change } from "./change.ts";
import { permittingMatcher, protectingMatcher } from "./path-match.ts";
import type { ProtectionMode, ProtectionRule } from "./protection.ts";

export interface Breach {
  path: string;
  problem: string;
}

/** What the rules let happen to a path; the last that matches wins. Pure. */
export function modeOf(rules: readonly ProtectionRule[]): (path: string) => ProtectionMode {
  const matchers = rules.map(({ glob, mode }) => ({
    mode,
    matches: mode === "open" ? permittingMatcher(glob) : protectingMatcher(glob),
  }));
  return (path) => matchers.findLast(({ matches }) => matches(path))?.mode ?? "open";
}

/** Every change that the rules do not allow. Pure. */
export function breaches(changes: readonly Change[], rules: readonly ProtectionRule[]): readonly Breach[] {
  const modeAt = modeOf(rules);
  return changes.flatMap(({ path, kind }) => {
    const mode = modeAt(path);
    if (mode === "frozen") return [{ path, problem: `this path is frozen, and was ${kind}` }];
    if (mode === "add-only" && kind !== "added") {
      return [
        { path, problem: `existing files here are frozen (new ones are allowed), and this was ${kind}` },
      ];
    }
    return [];
  });
}
