import type { Erased } from "../erase-runs.ts";
import { byteSize, counted, printLine } from "./print.ts";

/** What was erased, in lines; `otherwise` where it was no run. */
export function printErased(erased: Erased, otherwise: string): void {
  const { runs, wireEvents, artifacts, artifactFiles, artifactBytes, refs, workTrees, freedBytes } = erased;
  for (const id of runs) printLine(`${id}  erased`);
  if (runs.length === 0) printLine(otherwise);
  const files = `${counted(artifactFiles, "file")} of ${byteSize(artifactBytes)} that no other run keeps`;
  const gone = [
    wireEvents > 0 ? counted(wireEvents, "wire event") : "",
    artifacts > 0 ? `${counted(artifacts, "artifact")} (${files})` : "",
    refs > 0 ? counted(refs, "ref") : "",
    workTrees > 0 ? counted(workTrees, "work tree") : "",
  ].filter((text) => text !== "");
  if (gone.length > 0) printLine(`  with ${gone.join(", ")}`);
  if (!erased.purged) {
    printLine("  the bytes leave the database with the next portcullis prune while no run is at work");
  }
  if (runs.length > 0) {
    printLine("  not erased: what Codex keeps of its threads in its own home, and published branches");
  }
  if (runs.length > 0 || gone.length > 0) printLine(`  ${byteSize(freedBytes)} of disk freed`);
}
