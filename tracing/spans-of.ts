import type { EventEnvelope } from "../core/events/envelope.ts";
import type { RunEvent } from "../core/events/run-events.ts";
import { gateName } from "../core/gates/gate-name.ts";
import { spanIdOf, traceIdOf } from "../core/trace-context.ts";
import type { Status } from "../core/status.ts";
import type { Usage } from "../core/usage.ts";
import { attributes } from "./attributes.ts";

export type AttributeValue = string | number | boolean;

/** A span of the trace, as the log tells it. `endTime` is null while it goes on. Times are ISO 8601, UTC. */
export interface Span {
  traceId: string;
  spanId: string;
  parentId: string | null;
  name: string;
  kind: "run" | "stage" | "attempt" | "effect";
  startTime: string;
  endTime: string | null;
  ok: boolean;
  attributes: Record<string, AttributeValue>;
}

/** A trace while it is made: its spans by id, and which of them a stage, an attempt or an effect has now. */
export interface Trace {
  spans: Map<string, Span>;
  current: Map<string, string>;
  /** What each span is of. */
  keyOf: Map<string, string>;
  /** What no event of its own has ended; in the order in which it was opened. */
  unfinished: Set<string>;
}

export function emptyTrace(): Trace {
  return { spans: new Map(), current: new Map(), keyOf: new Map(), unfinished: new Set() };
}

/**
 * The trace of a run from its log: run, stages, attempts, and what was done in them. Ids follow from those of the events that
 * opened the spans, so that a trace that is rebuilt is the one that was sent. Pure.
 */
export function spansOf(events: readonly EventEnvelope[]): readonly Span[] {
  const trace = emptyTrace();
  for (const envelope of events) applyEvent(trace, envelope);
  return [...trace.spans.values()];
}

/** Takes one more event into the trace; gives the spans that it ended. */
export function applyEvent(trace: Trace, envelope: EventEnvelope): readonly Span[] {
  const { event, runId, attemptId } = envelope;
  switch (event.type) {
    case "run.started":
      open(trace, envelope, "run", { kind: "run", name: `run ${event.payload.pipeline.name}`, parent: null });
      return [];
    case "run.resumed":
      return resume(trace, envelope);
    case "run.finished":
      return closeAll(trace, envelope, event.payload.status);
    case "stage.started":
      openStage(trace, envelope, event.payload.stage);
      return [];
    case "stage.finished":
      return close(trace, envelope, stageKey(event.payload.stage), event.payload.status === "passed", {
        [attributes.status]: event.payload.status,
      });
    case "tasks.reopened":
      return reopen(trace, envelope, event.payload.taskKeys);
    case "attempt.started": {
      const parent = stageKey(stageOf(event.payload.taskKey));
      open(trace, envelope, attemptId ?? "", { kind: "attempt", name: attemptId ?? "", parent });
      return [];
    }
    case "attempt.finished":
      return close(trace, envelope, attemptId ?? "", event.payload.status === "passed", {
        [attributes.status]: event.payload.status,
      });
    case "effect.intended": {
      const { effect } = event.payload;
      const parent = attemptId ?? "run";
      open(trace, envelope, `effect ${effect.id}`, { kind: "effect", name: effectName(effect), parent });
      return [];
    }
    default:
      if (envelope.effectId === null || event.type === "approval.decided") return [];
      return close(
        trace,
        envelope,
        `effect ${envelope.effectId}`,
        isGood(event),
        outcomeAttributes(event, runId),
      );
  }
}

function stageKey(stage: string): string {
  return `stage ${stage}`;
}

function stageOf(taskKey: string): string {
  return taskKey.split("/", 1)[0] ?? "";
}

function openStage(trace: Trace, envelope: EventEnvelope, stage: string): void {
  open(trace, envelope, stageKey(stage), { kind: "stage", name: stage, parent: "run" });
}

/** The stage that rejected ends; that of the tasks goes on as a span of its own: the first one is told already. */
function reopen(trace: Trace, envelope: EventEnvelope, taskKeys: readonly string[]): readonly Span[] {
  const [rejecting] = [...trace.spans.values()].filter(
    ({ kind, endTime }) => kind === "stage" && endTime === null,
  );
  const ended = rejecting === undefined ? [] : close(trace, envelope, stageKey(rejecting.name), false, {});
  const [first] = taskKeys;
  if (first !== undefined) openStage(trace, envelope, stageOf(first));
  return ended;
}

/** Each of what was under way when an orchestrator ended is closed, and goes on as a span of its own. */
function resume(trace: Trace, envelope: EventEnvelope): readonly Span[] {
  const ended = closeAll(trace, envelope, "interrupted");
  for (const key of trace.unfinished) {
    const span = trace.spans.get(trace.current.get(key) ?? "");
    if (span === undefined) continue;
    const parent = key === "run" ? "run" : trace.keyOf.get(span.parentId ?? "");
    const about = { kind: span.kind, name: key === "run" ? "resumed" : span.name, parent: parent ?? "run" };
    open(trace, { ...envelope, id: `${envelope.id} ${key}` }, key, about);
  }
  return ended;
}

function open(
  { spans, current, keyOf, unfinished }: Trace,
  { id, runId, time, taskKey }: EventEnvelope,
  key: string,
  about: { kind: Span["kind"]; name: string; parent: string | null },
): void {
  const spanId = spanIdOf(id);
  const parentId = about.parent === null ? null : (current.get(about.parent) ?? current.get("run") ?? null);
  spans.set(spanId, {
    traceId: traceIdOf(runId),
    spanId,
    parentId,
    name: about.name,
    kind: about.kind,
    startTime: time,
    endTime: null,
    ok: true,
    attributes: { [attributes.run]: runId, ...(taskKey === null ? {} : { [attributes.task]: taskKey }) },
  });
  current.set(key, spanId);
  keyOf.set(spanId, key);
  unfinished.add(key);
}

function close(
  trace: Trace,
  envelope: EventEnvelope,
  key: string,
  ok: boolean,
  more: Record<string, AttributeValue>,
): readonly Span[] {
  trace.unfinished.delete(key);
  return end(trace, envelope, key, ok, more);
}

function end(
  { spans, current }: Trace,
  { time }: EventEnvelope,
  key: string,
  ok: boolean,
  more: Record<string, AttributeValue>,
): readonly Span[] {
  const span = spans.get(current.get(key) ?? "");
  if (span === undefined || span.endTime !== null) return [];
  const closed = { ...span, endTime: time, ok, attributes: { ...span.attributes, ...more } };
  spans.set(span.spanId, closed);
  return [closed];
}

/** The end of a run ends what was under way, as an interruption leaves it; the last that was opened first. */
function closeAll(trace: Trace, envelope: EventEnvelope, status: Status): readonly Span[] {
  const left = [...trace.current].filter(([, id]) => trace.spans.get(id)?.endTime === null).toReversed();
  return left.flatMap(([key]) =>
    end(trace, envelope, key, status === "passed", { [attributes.status]: status }),
  );
}

type Effect = Extract<RunEvent, { type: "effect.intended" }>["payload"]["effect"];

function effectName(effect: Effect): string {
  if (effect.kind === "judge") return `gate ${gateName(effect.gate, effect.command)}`;
  return effect.kind === "run-turn" ? `turn ${effect.ordinal}` : effect.kind;
}

function isGood(event: RunEvent): boolean {
  if (event.type === "gate.judged") return event.payload.judgement.verdict === "passed";
  if (event.type === "turn.finished") return event.payload.failure === null;
  return event.type !== "effect.failed" && event.type !== "merge.conflicted";
}

function outcomeAttributes(event: RunEvent, runId: string): Record<string, AttributeValue> {
  switch (event.type) {
    case "turn.finished": {
      const { usage, threadId, failure } = event.payload;
      return {
        ...agentAttributes(usage, threadId ?? runId),
        ...(failure === null ? {} : { [attributes.error]: failure.code }),
      };
    }
    case "gate.judged": {
      const { name, verdict, exitCode, tree, usage, threadId } = event.payload.judgement;
      return {
        ...(usage === undefined ? {} : agentAttributes(usage, threadId ?? runId)),
        [attributes.gate]: name,
        [attributes.verdict]: verdict,
        ...(exitCode === null ? {} : { [attributes.exitCode]: exitCode }),
        ...(tree === null ? {} : { [attributes.tree]: tree }),
      };
    }
    case "commit.made":
    case "merge.made":
      return { [attributes.commit]: event.payload.commit };
    case "effect.failed":
      return { [attributes.error]: event.payload.failure.code };
    default:
      return {};
  }
}

function agentAttributes(usage: Usage, conversation: string): Record<string, AttributeValue> {
  return {
    [attributes.operation]: "invoke_agent",
    [attributes.conversation]: conversation,
    [attributes.inputTokens]: usage.inputTokens,
    [attributes.outputTokens]: usage.outputTokens,
  };
}
