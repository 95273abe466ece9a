import type { Change } from "../../core/change.ts";
import { gitParts } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

/** What `git diff-tree` is asked; a move is a deletion and an addition. */
export const treeDiff = [
  "-r",
  "-z",
  "--no-abbrev",
  "--no-renames",
  "--no-commit-id",
  "--ignore-submodules=none",
];

const kinds: Readonly<Record<string, Change["kind"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  T: "type-changed",
};

/** What differs between two commits, path by path. */
export async function changesBetween(clone: PrivateClone, from: string, to: string): Promise<Change[]> {
  const parts = await gitParts(["diff-tree", ...treeDiff, "--raw", from, to, "--"], cloneGit(clone));
  const changes: Change[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    changes.push(parseChange(parts[index] ?? "", parts[index + 1] ?? ""));
  }
  return changes;
}

function parseChange(raw: string, path: string): Change {
  const { kind, before, after } = parseRaw(raw);
  return { path, kind, mode: kind === "deleted" ? before.mode : after.mode };
}

interface RawSide {
  mode: string;
  object: string;
}

/** `:100644 100755 OLD NEW M`, as `git diff-tree --raw` documents it. */
export function parseRaw(raw: string): { kind: Change["kind"]; before: RawSide; after: RawSide } {
  const [oldMode = "", newMode = "", oldObject = "", newObject = "", status = ""] = raw.slice(1).split(" ");
  const kind = kinds[status];
  if (kind === undefined) throw new Error(`git diff-tree gave a status that is not known: '${raw}'`);
  return {
    kind,
    before: { mode: oldMode, object: oldObject },
    after: { mode: newMode, object: newObject },
  };
}
