import type { Change } from "../../core/change.ts";
import { gitParts } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

const kinds: Readonly<Record<string, Change["kind"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  T: "type-changed",
};

/** What differs between two commits, path by path; a move is a deletion and an addition. */
export async function changesBetween(clone: PrivateClone, from: string, to: string): Promise<Change[]> {
  const options = ["-r", "-z", "--raw", "--no-renames", "--no-commit-id", "--ignore-submodules=none"];
  const parts = await gitParts(["diff-tree", ...options, from, to, "--"], cloneGit(clone));
  const changes: Change[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    changes.push(parseChange(parts[index] ?? "", parts[index + 1] ?? ""));
  }
  return changes;
}

/** `:100644 100755 OLD NEW M`, as `git diff-tree --raw` documents it. */
function parseChange(raw: string, path: string): Change {
  const [before = "", after = "", , , status = ""] = raw.slice(1).split(" ");
  const kind = kinds[status];
  if (kind === undefined) throw new Error(`git diff-tree gave a status that is not known: '${raw}'`);
  return { path, kind, mode: kind === "deleted" ? before : after };
}
