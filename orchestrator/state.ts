import type { BaseRun } from "../core/base-run.ts";
import type { Change } from "../core/change.ts";
import type { Effect } from "../core/effect.ts";
import type { Failure, RunEventOf } from "../core/events/run-events.ts";
import type { Finding } from "../core/finding.ts";
import type { StageSpec } from "../core/pipeline.ts";
import type { CandidateCommit } from "../core/ports/workspace.ts";
import type { Reason, Status } from "../core/status.ts";
import type { TaskSpec } from "../core/task.ts";
import type { Usage } from "../core/usage.ts";
import type { Judgement } from "../core/verdict.ts";

export type RunFacts = RunEventOf<"run.started">["payload"];

/** What a turn that is under way has said of itself. */
export interface TurnProgress {
  ordinal: number;
  threadId: string | null;
  usage: Usage;
}

export interface TurnState {
  ordinal: number;
  threadId: string | null;
  answer: string | null;
  usage: Usage;
  failure: Failure | null;
  durationMs: number;
}

/** A verdict, under the id of the effect that asked for it. */
export interface JudgedGate {
  effectId: string;
  judgement: Judgement;
}

export interface AttemptState {
  id: string;
  number: number;
  status: Status;
  /** What its change is measured against. */
  base: string;
  /** Where its work tree starts. */
  from: string;
  /** Of the commit that it makes. */
  parent: string;
  /** Objections that it was told of at its start. */
  findings: readonly Finding[];
  checkoutId: string | null;
  worker: "none" | "running" | "ended";
  turns: readonly TurnState[];
  progress: TurnProgress | null;
  /** What it had done when it was interrupted. */
  salvaged: CandidateCommit | null;
  candidate: (CandidateCommit & { changes: readonly Change[] }) | null;
  gates: readonly JudgedGate[];
  merged: CandidateCommit | null;
  conflicts: readonly string[] | null;
  failure: Failure | null;
}

export interface TaskState {
  key: string;
  stage: string;
  /** Null for the one task of a stage without a fan-out. */
  spec: TaskSpec | null;
  status: Status;
  attempts: readonly AttemptState[];
  /** How many attempts had been made when the task was last opened; the limit counts from there. */
  openedAt: number;
  /** Objections that the next attempt will be told of. */
  findings: readonly Finding[];
}

export interface StageState {
  name: string;
  spec: StageSpec;
  status: Status;
}

/** Everything that `decide` may look at: a fold over the log, never written by hand. */
export interface RunState {
  id: string;
  /** Of the last event folded. */
  sequence: number;
  lastEventId: string | null;
  facts: RunFacts | null;
  status: Status;
  reason: Reason | null;
  startedAt: string | null;
  finishedAt: string | null;
  environment: { key: string; roots: readonly string[] } | null;
  stages: readonly StageState[];
  /** How commands ran on trees that candidates are measured against. */
  baseRuns: readonly BaseRun[];
  tasks: ReadonlyMap<string, TaskState>;
  /** Effects that are intended and not settled. */
  inFlight: ReadonlyMap<string, Effect>;
  /** Effects that were ever intended, so that none is asked for twice, with the events that said so. */
  intended: ReadonlyMap<string, string>;
  /** The last commit of the run's branch. */
  head: string;
  /** The lead's move that waits to be carried out. */
  chosen: RunEventOf<"move.chosen">["payload"]["move"] | null;
  reopenings: number;
  /** How often another orchestrator went on with the run. */
  resumptions: number;
  published: boolean;
  usage: Usage;
  turns: number;
  /** A failure of an effect that belongs to no attempt. */
  failure: Failure | null;
}
