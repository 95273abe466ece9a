import type { FileIdentity } from "./file-identity.ts";

/** Clocks of files are coarser than ours. */
const clockMarginMs = 1000;

/** Who works in the state folder, as far as it is known. */
export interface Living {
  runs: ReadonlySet<string>;
  /** Since when the first of those that live has been at work; infinite where nobody is. */
  since: number;
}

/**
 * Whether somebody who lives may have made it: one whose run lives, or where the name tells no run, anybody who was at work when
 * it last changed.
 */
export function isInUse(made: FileIdentity & { runId: string | null }, { runs, since }: Living): boolean {
  if (made.runId !== null) return runs.has(made.runId);
  return made.changedAt >= since - clockMarginMs;
}
