import type { z } from "zod";

export interface PlacedIssue {
  path: readonly PropertyKey[];
  message: string;
}

type Issue = z.core.$ZodIssue;

/** The one issue to tell a person. Of a union that is the branch which was nearest to fit; where none was, the choice. */
export function bestIssue(issue: Issue): PlacedIssue {
  if (issue.code === "unrecognized_keys") {
    return { path: issue.path, message: `unknown key ${issue.keys.map((key) => `'${key}'`).join(", ")}` };
  }
  if (issue.code !== "invalid_union") return issue;
  const ofOwnKind = issue.errors.filter((branch) => !isOtherKind(branch));
  const [nearest, next] = (ofOwnKind.length === 0 ? issue.errors : ofOwnKind)
    .map((branch) => ({ branch, distance: distanceOf(branch) }))
    .toSorted((a, b) => a.distance - b.distance);
  const tied = next !== undefined && next.distance === nearest?.distance;
  const [first] = nearest?.branch ?? [];
  const onlyTooMuch = nearest?.branch.length === 1 && first?.code === "unrecognized_keys";
  if (first === undefined || (tied && !onlyTooMuch))
    return { path: issue.path, message: choiceOf(issue.errors) };
  const best = bestIssue(first);
  return { path: [...issue.path, ...best.path], message: best.message };
}

/** A list where an object was found, or the like. */
function isOtherKind(branch: readonly Issue[]): boolean {
  return branch.some((issue) => {
    if (issue.path.length > 0) return false;
    return (
      issue.code === "invalid_type" || (issue.code === "invalid_union" && issue.errors.every(isOtherKind))
    );
  });
}

function distanceOf(branch: readonly Issue[]): number {
  const distances = branch.map((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.length;
    return issue.code === "invalid_union" ? Math.min(...issue.errors.map(distanceOf)) : 1;
  });
  return distances.reduce((sum, distance) => sum + distance, 0);
}

function choiceOf(branches: readonly (readonly Issue[])[]): string {
  const keys = branches.map((branch) => branch.find(({ path }) => path.length === 1)?.path[0]);
  const known = [...new Set(keys)].filter((key) => typeof key === "string").map((key) => `'${key}'`);
  return known.length === 0 ? "none of the forms that may stand here" : `expected one of ${known.join(", ")}`;
}
