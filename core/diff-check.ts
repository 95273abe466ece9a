import { posix } from "node:path";
import type { ChangeSide, MeasuredChange } from "./change.ts";
import type { DiffRules } from "./gates/diff.ts";
import { clashingNames, problemWithFileName } from "./file-name.ts";
import { permittingMatcher } from "./path-match.ts";
import type { Breach } from "./protection-check.ts";

/** An objection to the change as a whole has no path. */
export interface DiffObjection {
  path: string | null;
  problem: string;
}

/** What of the change is too much. `lines`: of the texts in it. Pure. */
export function tooMuch(
  changes: readonly MeasuredChange[],
  lines: number,
  rules: DiffRules,
): DiffObjection[] {
  const objections: DiffObjection[] = [];
  const whole = (problem: string) => objections.push({ path: null, problem });
  if (changes.length > rules.maxFiles) {
    whole(`the change is of ${changes.length} files; at most ${rules.maxFiles} are allowed`);
  }
  if (lines > rules.maxLines) {
    whole(`the change adds and deletes ${lines} lines; at most ${rules.maxLines} are allowed`);
  }
  for (const { path, before, after } of changes) {
    if (after === null || after.bytes <= rules.maxFileBytes || after.bytes <= (before?.bytes ?? 0)) continue;
    const problem = `the file has ${after.bytes} bytes; at most ${rules.maxFileBytes} are allowed`;
    objections.push({ path, problem });
  }
  return objections;
}

/** Changes outside of the globs. Pure. */
export function outsidePaths(changes: readonly MeasuredChange[], paths: readonly string[]): Breach[] {
  const matchers = paths.map(permittingMatcher);
  return changes
    .filter(({ path }) => !matchers.some((matches) => matches(path)))
    .map(({ path }) => ({ path, problem: `this path is outside of what may change (${paths.join(", ")})` }));
}

/** New names that mislead. `all`: every path of the later commit. Pure. */
export function misleadingNames(changes: readonly MeasuredChange[], all: readonly string[]): Breach[] {
  const added = changes.filter(({ kind }) => kind === "added").map(({ path }) => path);
  const clashes = added.length === 0 ? new Map<string, string>() : clashingNames(added, all);
  return added.flatMap((path) => {
    const other = clashes.get(path);
    const clash = other === undefined ? null : `only case or accents tell the name from '${other}'`;
    const problem = problemWithFileName(path) ?? clash;
    return problem === null ? [] : [{ path, problem }];
  });
}

/** Changes of what a path is. `targets`: what the links of the later side lead to, by object. Pure. */
export function changedModes(
  changes: readonly MeasuredChange[],
  targets: ReadonlyMap<string, string>,
): Breach[] {
  return changes.flatMap(({ path, before, after }) => {
    const problem = after === null ? null : modeProblem(path, before, after, targets);
    return problem === null ? [] : [{ path, problem }];
  });
}

export const linkMode = "120000";
const submoduleMode = "160000";

function modeProblem(
  path: string,
  before: ChangeSide | null,
  after: ChangeSide,
  targets: ReadonlyMap<string, string>,
): string | null {
  if (after.mode === submoduleMode) return "a repository within the repository is refused";
  if (before !== null && typeOf(before) !== typeOf(after)) {
    return `this was a ${typeOf(before)} and has become a ${typeOf(after)}`;
  }
  if (after.mode === linkMode) return linkProblem(path, targets.get(after.object) ?? "");
  if (before === null || before.mode === after.mode) return null;
  return isExecutable(after) ? "the file has been made executable" : "the file is not executable any more";
}

/** `..` is followed at the start alone: after a name, which may be a link, nobody knows where it leads. */
function linkProblem(path: string, target: string): string | null {
  if (target === "" || target.startsWith("/") || /^[A-Za-z]:|\\/.test(target)) {
    return "a link to an absolute path, or to none, is refused";
  }
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const up = parts.findIndex((part) => part !== "..");
  const names = up === -1 ? [] : parts.slice(up);
  const reached = posix.join(posix.dirname(path), target);
  if (names.includes("..") || reached === ".." || reached.startsWith("../")) {
    return "a link that leads out of the tree is refused";
  }
  if (parts.some((part) => part.toLowerCase() === ".git")) return "a link into git's own folder is refused";
  return null;
}

function typeOf({ mode }: ChangeSide): string {
  if (mode === linkMode) return "link";
  return mode === submoduleMode ? "repository" : "file";
}

function isExecutable({ mode }: ChangeSide): boolean {
  return mode === "100755";
}
