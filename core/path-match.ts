import { compileGlob } from "./glob.ts";

type PathMatcher = (path: string) => boolean;

/**
 * Whether a glob that permits names a path: to the letter. A glob that ends in the name of a folder (`src`, `src/`)
 * covers all below it; one that ends in a wildcard (`src/*`) does not: that is `src/**`.
 */
export function permittingMatcher(glob: string): PathMatcher {
  const trimmed = trimSlashes(glob);
  const coversBelow = !/[*?[]/.test(trimmed.slice(trimmed.lastIndexOf("/") + 1));
  const match = compileGlob(trimmed);
  return (path) => {
    if (path === trimmed || path.startsWith(`${trimmed}/`)) return true;
    const { whole, below } = match(path);
    return whole || (coversBelow && below);
  };
}

/**
 * Whether a glob that protects names a path: in any reading. Case and the form of accents count for nothing, as on disks
 * where they name the same file, and whatever the glob names covers all below it.
 */
export function protectingMatcher(glob: string): PathMatcher {
  const trimmed = trimSlashes(glob);
  const readings = formsOf(trimmed).map((reading) => ({ reading, match: compileGlob(reading) }));
  return (path) =>
    readings.some(({ reading, match }) =>
      formsOf(path).some((form) => {
        const { whole, below } = match(form);
        return whole || below || form === reading || form.startsWith(`${reading}/`);
      }),
    );
}

/** What is wrong with a glob, or null. It is refused where another reading of it would surprise. */
export function problemWithGlob(glob: string): string | null {
  if (glob.startsWith("!")) return "a glob names paths and never excludes them: no leading '!'";
  if (/[?*+@!]\(/.test(glob)) return "'!(…)', '@(…)' and their like are not known: write {a,b}";
  if (/[|\\]/.test(glob)) return "'|' and '\\' are not known: write {a,b}, and '/' between folders";
  if (/\{[^{},]*\.\.[^{},]*\}/.test(glob)) return "ranges such as {1..3} are not known: write {1,2,3}";
  if (glob.startsWith("/")) return "a path relative to the repository's root, without a leading '/'";
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(trimSlashes(glob))) return "no empty name, '.' or '..' in a path";
  return null;
}

const submoduleMode = "160000";

/** True for what no checkout reproduces: a repository inside the repository. */
export function isSubmodule(change: { mode: string }): boolean {
  return change.mode === submoduleMode;
}

function trimSlashes(glob: string): string {
  return glob.replace(/\/+$/, "");
}

function formsOf(text: string): string[] {
  const folded = text.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
  return folded === text ? [text] : [text, folded];
}
