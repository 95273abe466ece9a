import type { Erased } from "../erase-runs.ts";
import { byteSize, printLine } from "./print.ts";

/** What was erased, in lines; `otherwise` where it was no run. */
export function printErased(erased: Erased, otherwise: string): void {
  const { runs, wireEvents, artifacts, artifactFiles, artifactBytes, refs, workTrees, freedBytes } = erased;
  for (const id of runs) printLine(`${id}  erased`);
  if (runs.length === 0) printLine(otherwise);
  const counts = [
    [wireEvents, "wire events"],
    [artifacts, `artifacts (${artifactFiles} files of ${byteSize(artifactBytes)} that no other run keeps)`],
    [refs, "refs"],
    [workTrees, "work trees"],
  ] as const;
  const gone = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (gone.length > 0) printLine(`  with ${gone.join(", ")}`);
  if (runs.length > 0 || gone.length > 0) printLine(`  ${byteSize(freedBytes)} of disk freed`);
}
