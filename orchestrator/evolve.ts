import type { EventEnvelope } from "../core/events/envelope.ts";
import { taskKey } from "../core/ids.ts";
import { addUsage, noUsage } from "../core/usage.ts";
import { evolveAttempt } from "./evolve-attempt.ts";
import { resume } from "./evolve-resumption.ts";
import { initialState } from "./initial-state.ts";
import type { RunState, TaskState } from "./state.ts";

/** The state after all of a run's events. Never throws, whatever prefix of a log it is given. */
export function fold(runId: string, events: readonly EventEnvelope[]): RunState {
  return events.reduce(evolve, initialState(runId));
}

/** The state after one more event. Pure and total: an event that fits nothing changes nothing but the sequence. */
export function evolve(state: RunState, envelope: EventEnvelope): RunState {
  const settled = settle(state, envelope);
  const next = evolveRun(settled, envelope);
  return { ...next, sequence: envelope.sequence, lastEventId: envelope.id };
}

function settle(state: RunState, { id, event, effectId }: EventEnvelope): RunState {
  if (event.type === "effect.intended") {
    const { effect } = event.payload;
    return {
      ...state,
      inFlight: new Map(state.inFlight).set(effect.id, effect),
      intended: new Map(state.intended).set(effect.id, id),
    };
  }
  // What happens while an effect is under way (an approval) does not settle it.
  if (effectId === null || event.type === "approval.decided" || !state.inFlight.has(effectId)) return state;
  const inFlight = new Map(state.inFlight);
  inFlight.delete(effectId);
  return { ...state, inFlight };
}

function evolveRun(state: RunState, envelope: EventEnvelope): RunState {
  const { event } = envelope;
  switch (event.type) {
    case "run.started":
      return {
        ...state,
        facts: event.payload,
        status: "running",
        startedAt: envelope.time,
        head: event.payload.baseCommit,
        stages: event.payload.pipeline.stages.map((spec) => ({ name: spec.name, spec, status: "pending" })),
      };
    case "run.resumed":
      return resume(state, event.payload);
    case "run.finished":
      return { ...state, ...event.payload, finishedAt: envelope.time };
    case "environment.prepared":
      return { ...state, environment: { key: event.payload.key, roots: event.payload.roots } };
    case "base.measured":
      return { ...state, baseRuns: [...state.baseRuns, event.payload.base] };
    case "stage.started":
      return openStage(state, event.payload.stage);
    case "stage.finished":
      return setStage(state, event.payload.stage, event.payload.status);
    case "plan.accepted":
      return addTasks(state, event.payload.tasks);
    case "move.chosen":
      return { ...state, chosen: event.payload.move };
    case "tasks.reopened":
      return reopen(state, event.payload.taskKeys, event.payload.findings);
    case "task.finished":
      return setTask(state, event.payload.taskKey, (task) => ({ ...task, status: event.payload.status }));
    case "branch.published":
      return { ...state, published: true };
    default:
      return evolveWork(state, envelope);
  }
}

function evolveWork(state: RunState, envelope: EventEnvelope): RunState {
  const { event } = envelope;
  if (event.type === "effect.failed" && envelope.attemptId === null) {
    return { ...state, failure: event.payload.failure };
  }
  const key = event.type === "attempt.started" ? event.payload.taskKey : envelope.taskKey;
  if (key === null || !state.tasks.has(key)) return state;
  const next = setTask(state, key, (task) => evolveAttempt(task, envelope));
  switch (event.type) {
    case "attempt.started":
      return { ...next, chosen: null };
    case "turn.finished":
      return { ...next, turns: state.turns + 1, usage: addUsage(state.usage, event.payload.usage) };
    case "gate.judged": {
      const { turns = 0, usage = noUsage } = event.payload.judgement;
      return { ...next, turns: state.turns + turns, usage: addUsage(state.usage, usage) };
    }
    case "attempt.finished":
      return event.payload.status === "passed" ? moveHead(next, key, envelope.attemptId) : next;
    default:
      return next;
  }
}

/** Only what passed all of its gates, after the merge too, becomes the head of the run's branch. */
function moveHead(state: RunState, key: string, attemptId: string | null): RunState {
  const attempt = state.tasks.get(key)?.attempts.find((candidate) => candidate.id === attemptId);
  const merged = attempt?.merged ?? null;
  return merged === null ? state : { ...state, head: merged.commit };
}

function openStage(state: RunState, name: string): RunState {
  const stage = state.stages.find((candidate) => candidate.name === name);
  if (stage === undefined) return state;
  const running = setStage(state, name, "running");
  const key = taskKey(name, name);
  if (stage.spec.kind === "fan-out" || state.tasks.has(key)) return running;
  return { ...running, tasks: new Map(running.tasks).set(key, newTask(key, name, null)) };
}

function setStage(state: RunState, name: string, status: RunState["status"]): RunState {
  return {
    ...state,
    stages: state.stages.map((stage) => (stage.name === name ? { ...stage, status } : stage)),
  };
}

type Specs = readonly NonNullable<TaskState["spec"]>[];

function addTasks(state: RunState, specs: Specs): RunState {
  const stage = state.stages.find((candidate) => candidate.spec.kind === "fan-out");
  if (stage === undefined) return state;
  const tasks = new Map(state.tasks);
  for (const spec of specs) {
    const key = taskKey(stage.name, spec.id);
    tasks.set(key, newTask(key, stage.name, spec));
  }
  return { ...state, tasks };
}

function newTask(key: string, stage: string, spec: TaskState["spec"]): TaskState {
  return { key, stage, spec, status: "pending", attempts: [], openedAt: 0, findings: [] };
}

function setTask(state: RunState, key: string, change: (task: TaskState) => TaskState): RunState {
  const task = state.tasks.get(key);
  return task === undefined ? state : { ...state, tasks: new Map(state.tasks).set(key, change(task)) };
}

/** The named tasks, and the stages from the first of theirs on, are open again. */
function reopen(state: RunState, keys: readonly string[], findings: TaskState["findings"]): RunState {
  const tasks = new Map(state.tasks);
  const stages = new Set(keys.map((key) => state.tasks.get(key)?.stage));
  const first = state.stages.findIndex((stage) => stages.has(stage.name));
  if (first === -1) return { ...state, chosen: null };
  const later = new Set(state.stages.slice(first + 1).map((stage) => stage.name));
  for (const task of state.tasks.values()) {
    const open = keys.includes(task.key) || later.has(task.stage);
    if (!open) continue;
    const told = keys.includes(task.key) ? findings : [];
    tasks.set(task.key, { ...task, status: "pending", openedAt: task.attempts.length, findings: told });
  }
  return {
    ...state,
    tasks,
    chosen: null,
    reopenings: state.reopenings + 1,
    stages: state.stages.map((stage, index) => {
      if (index < first) return stage;
      return { ...stage, status: index === first ? "running" : "pending" };
    }),
  };
}
