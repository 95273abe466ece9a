import { initialState } from "./initial-state.ts";
import type { RunSummary } from "../core/ports/run-catalog.ts";
import type { Reason, Status } from "../core/status.ts";
import type { Usage } from "../core/usage.ts";
import type { TestCounts } from "../core/test-counts.ts";
import type { GateRun, Judgement } from "../core/verdict.ts";
import type { AttemptState, RunState, StageState, TaskState } from "./state.ts";

type Later = "tests" | "runs" | "network" | "usage" | "turns" | "threadId";

/** What a run of before they were known does not say of a gate is null or empty, and so is what a gate without an agent has not. */
export interface GateView extends Omit<Judgement, "commit" | "taskIds" | Later> {
  tests: TestCounts | null;
  runs: readonly GateRun[];
  network: "none" | "full" | null;
  /** Of a reviewer; part of the run's usage. */
  usage: Usage | null;
  turns: number;
  threadId: string | null;
}

export interface AttemptView {
  number: number;
  status: Status;
  threadId: string | null;
  commit: string | null;
  gates: readonly GateView[];
}

export interface TaskView {
  id: string;
  title: string;
  status: Status;
  dependsOn: readonly string[];
  attempts: readonly AttemptView[];
}

export interface StageView {
  name: string;
  kind: string;
  role: string | null;
  status: Status;
  gates: readonly GateView[];
  tasks: readonly TaskView[];
}

/** A run as `show --json` prints it; scripts rely on the shape. */
export interface RunView {
  schemaVersion: 1;
  run: {
    id: string;
    goal: string;
    pipeline: string;
    status: Status;
    reason: Reason | null;
    repo: string;
    baseCommit: string | null;
    branch: string;
    /** The last commit of the run's branch, also where it was not published. */
    headCommit: string | null;
    startedAt: string;
    finishedAt: string | null;
    /** When what it said was erased, or null. Then only status and times are left. */
    erasedAt: string | null;
    codex: { version: string; server: string } | null;
    usage: Usage & { costUsd: number | null };
  };
  stages: readonly StageView[];
}

export function runView(summary: RunSummary, state: RunState, costUsd: number | null): RunView {
  const { facts } = state;
  return {
    schemaVersion: 1,
    run: {
      id: summary.id,
      goal: summary.goal,
      pipeline: summary.pipeline,
      status: state.status,
      reason: state.reason,
      repo: summary.repository,
      baseCommit: facts?.baseCommit ?? null,
      branch: summary.branch,
      headCommit: state.head === "" ? null : state.head,
      startedAt: summary.startedAt,
      finishedAt: state.finishedAt,
      erasedAt: summary.erasedAt,
      codex: facts?.codex == null ? null : { version: facts.codex.version, server: facts.codex.server },
      usage: { ...state.usage, costUsd },
    },
    stages: state.stages.map((stage) => stageView(state, stage)),
  };
}

/** What is left of a run that was erased. */
export function erasedRunView(summary: RunSummary): RunView {
  const { run, ...view } = runView(summary, initialState(summary.id), null);
  const reason = {
    code: "run.erased",
    message: `what this run said and kept was erased at ${summary.erasedAt ?? ""}`,
    remedy: `portcullis audit ${summary.id} checks what is left of its log`,
  };
  const { status, finishedAt } = summary;
  return { ...view, run: { ...run, status, finishedAt, reason } };
}

function stageView(state: RunState, stage: StageState): StageView {
  const tasks = [...state.tasks.values()].filter((task) => task.stage === stage.name);
  const last = tasks.length === 1 && stage.spec.kind !== "fan-out" ? tasks[0]?.attempts.at(-1) : undefined;
  return {
    name: stage.name,
    kind: stage.spec.kind,
    role: stage.spec.role,
    status: statusIn(state, stage.status),
    gates: last === undefined ? [] : gatesOf(last),
    tasks:
      tasks.length === 0 && stage.spec.kind !== "fan-out"
        ? [notBegun(stage)]
        : tasks.map((task) => taskView(state, task)),
  };
}

/** Where the run has ended, nothing runs any more: what was under way stands as the run does. */
function statusIn(state: RunState, status: Status): Status {
  return status === "running" && state.finishedAt !== null ? state.status : status;
}

function notBegun({ name }: StageState): TaskView {
  return { id: name, title: name, status: "pending", dependsOn: [], attempts: [] };
}

function taskView(state: RunState, task: TaskState): TaskView {
  return {
    id: task.spec?.id ?? task.stage,
    title: task.spec?.title ?? task.stage,
    status: statusIn(state, task.status),
    dependsOn: task.spec?.dependsOn ?? [],
    attempts: task.attempts.map((attempt) => ({
      number: attempt.number,
      status: statusIn(state, attempt.status),
      threadId: attempt.turns.at(-1)?.threadId ?? null,
      commit: attempt.candidate?.commit ?? null,
      gates: gatesOf(attempt),
    })),
  };
}

function gatesOf(attempt: AttemptState): readonly GateView[] {
  return attempt.gates.map(({ judgement: { commit: _commit, taskIds: _taskIds, ...gate } }) => ({
    ...gate,
    tests: gate.tests ?? null,
    runs: gate.runs ?? [],
    network: gate.network ?? null,
    usage: gate.usage ?? null,
    turns: gate.turns ?? 0,
    threadId: gate.threadId ?? null,
  }));
}
