import type { Move } from "../move.ts";
import type { Finding } from "../finding.ts";

/** What a lead sees of a task that it may move. */
export interface LeadTask {
  taskKey: string;
  title: string;
  attempts: number;
  attemptsLeft: number;
  findings: readonly Finding[];
}

export interface LeadView {
  goal: string;
  /** Never empty. Anything else is refused. */
  moves: readonly Move[];
  tasks: readonly LeadTask[];
}

/** Who chooses among the legal moves. It has no power beyond that. */
export interface Lead {
  readonly name: string;
  choose(view: LeadView): Promise<{ move: Move; why: string }>;
}
