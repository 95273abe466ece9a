import type { ChangeSide, MeasuredChange } from "../../core/change.ts";
import { parseRaw, treeDiff } from "./changes.ts";
import { gitParts } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";
import { objectSizes } from "./read-contents.ts";

/** No program has a say in what differs. */
const plainly = ["--no-ext-diff", "--no-textconv"];
const submoduleMode = "160000";

/** What differs between two commits, with modes, sizes and lines. */
export async function measureChanges(
  clone: PrivateClone,
  from: string,
  to: string,
): Promise<MeasuredChange[]> {
  const args = ["diff-tree", ...treeDiff, ...plainly, "--raw", "--numstat", from, to, "--"];
  const parts = await gitParts(args, cloneGit(clone));
  const raws: { raw: ReturnType<typeof parseRaw>; path: string }[] = [];
  let at = 0;
  for (; parts[at]?.startsWith(":") === true; at += 2) {
    raws.push({ raw: parseRaw(parts[at] ?? ""), path: parts[at + 1] ?? "" });
  }
  const counts = parts.slice(at).map(parseCounts);
  if (counts.length !== raws.length || raws.some(({ path }, index) => counts[index]?.path !== path)) {
    throw new Error(`git diff-tree named ${raws.length} paths and counted the lines of ${counts.length}`);
  }
  const sides = raws.flatMap(({ raw: { before, after } }) => [before, after]).filter(hasContent);
  const sizes = await objectSizes(
    clone,
    sides.map(({ object }) => object),
  );
  const sideOf = (side: { mode: string; object: string }): ChangeSide | null =>
    isNothing(side) ? null : { ...side, bytes: sizes.get(side.object) ?? 0 };
  return raws.map(({ raw: { kind, before, after }, path }, index) => ({
    path,
    kind,
    before: sideOf(before),
    after: sideOf(after),
    lines: counts[index]?.lines ?? null,
  }));
}

function isNothing({ mode }: { mode: string }): boolean {
  return /^0+$/.test(mode);
}

function hasContent(side: { mode: string }): boolean {
  return !isNothing(side) && side.mode !== submoduleMode;
}

/** `12\t3\tPATH`, or `-\t-\tPATH` for what is binary, as `git diff-tree --numstat -z` documents it. */
function parseCounts(part: string): Pick<MeasuredChange, "path" | "lines"> {
  const [, added, deleted, path] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(part) ?? [];
  if (path === undefined) throw new Error(`git diff-tree counted no lines: '${part.slice(0, 200)}'`);
  return { path, lines: added === "-" ? null : { added: Number(added), deleted: Number(deleted) } };
}
