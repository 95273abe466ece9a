/** What one cheat and its twin came to, as the benchmark counts it. */
export interface Measured {
  ecosystem: string;
  name: string;
  refused: boolean;
  byTheRightGate: boolean;
  honestPassed: boolean;
  /** Whether the repository's own commands alone would have let the cheat pass; null where that was not tried. */
  fooledCommands: boolean | null;
}

declare module "vitest" {
  interface TaskMeta {
    integrity?: Measured;
  }
}
