import type { Change } from "../change.ts";

export interface HumanQuestion {
  runId: string;
  attemptId: string;
  question: string;
  goal: string;
  base: string;
  commit: string;
  changes: readonly Change[];
  /** A clean checkout of the candidate, to look at; gone when the question is answered. */
  directory: string;
  signal: AbortSignal;
}

export type HumanAnswer =
  | {
      answer: "yes" | "no";
      /** Who answered. */
      by: string;
      /** What they said beside it, or null. */
      comment: string | null;
    }
  /** Nobody answered: nobody is there, left, or the signal came first. */
  | { answer: "none"; why: string };

/** Where a person is asked. Always answers; only `yes` is a yes. */
export interface HumanDesk {
  ask(question: HumanQuestion): Promise<HumanAnswer>;
}
