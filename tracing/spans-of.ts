import { sha256 } from "../core/digest.ts";
import type { EventEnvelope } from "../core/events/envelope.ts";
import type { RunEvent } from "../core/events/run-events.ts";
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

/**
 * The trace of a run from its log: run, stages, attempts, and what was done in them. Ids follow from the run and the things'
 * names, so that a trace that is rebuilt is the one that was sent. Pure.
 */
export function spansOf(events: readonly EventEnvelope[]): readonly Span[] {
  const spans = new Map<string, Span>();
  for (const envelope of events) applyEvent(spans, envelope);
  return [...spans.values()];
}

/** Takes one more event into the spans; gives the span that it ended, or null. */
export function applyEvent(spans: Map<string, Span>, envelope: EventEnvelope): Span | null {
  const { event, runId, attemptId } = envelope;
  switch (event.type) {
    case "run.started":
      open(spans, envelope, "run", { kind: "run", name: `run ${event.payload.pipeline.name}`, parent: null });
      return null;
    case "run.finished":
      return close(spans, envelope, "run", event.payload.status === "passed", {
        [attributes.status]: event.payload.status,
      });
    case "stage.started":
      open(spans, envelope, stageKey(event.payload.stage), {
        kind: "stage",
        name: event.payload.stage,
        parent: "run",
      });
      return null;
    case "stage.finished":
      return close(spans, envelope, stageKey(event.payload.stage), event.payload.status === "passed", {});
    case "attempt.started": {
      const stage = event.payload.taskKey.split("/", 1)[0] ?? "";
      open(spans, envelope, attemptId ?? "", {
        kind: "attempt",
        name: attemptId ?? "",
        parent: stageKey(stage),
      });
      return null;
    }
    case "attempt.finished":
      return close(spans, envelope, attemptId ?? "", event.payload.status === "passed", {
        [attributes.status]: event.payload.status,
      });
    case "effect.intended": {
      const { effect } = event.payload;
      const parent = attemptId ?? "run";
      open(spans, envelope, `effect ${effect.id}`, { kind: "effect", name: effectName(effect), parent });
      return null;
    }
    default:
      if (envelope.effectId === null || event.type === "approval.decided") return null;
      return close(
        spans,
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

function open(
  spans: Map<string, Span>,
  { runId, time, taskKey }: EventEnvelope,
  key: string,
  about: { kind: Span["kind"]; name: string; parent: string | null },
): void {
  spans.set(key, {
    traceId: sha256(`trace ${runId}`).slice(0, 32),
    spanId: spanId(runId, key),
    parentId: about.parent === null ? null : (spans.get(about.parent)?.spanId ?? spanId(runId, "run")),
    name: about.name,
    kind: about.kind,
    startTime: time,
    endTime: null,
    ok: true,
    attributes: { [attributes.run]: runId, ...(taskKey === null ? {} : { [attributes.task]: taskKey }) },
  });
}

function close(
  spans: Map<string, Span>,
  { time }: EventEnvelope,
  key: string,
  ok: boolean,
  more: Record<string, AttributeValue>,
): Span | null {
  const span = spans.get(key);
  if (span === undefined || span.endTime !== null) return null;
  const closed = { ...span, endTime: time, ok, attributes: { ...span.attributes, ...more } };
  spans.set(key, closed);
  return closed;
}

function spanId(runId: string, key: string): string {
  return sha256(`span ${runId} ${key}`).slice(0, 16);
}

type Effect = Extract<RunEvent, { type: "effect.intended" }>["payload"]["effect"];

function effectName(effect: Effect): string {
  if (effect.kind === "judge")
    return `gate ${effect.command === null ? effect.gate.kind : `command:${effect.command}`}`;
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
        [attributes.operation]: "invoke_agent",
        [attributes.conversation]: threadId ?? runId,
        [attributes.inputTokens]: usage.inputTokens,
        [attributes.outputTokens]: usage.outputTokens,
        ...(failure === null ? {} : { [attributes.error]: failure.code }),
      };
    }
    case "gate.judged": {
      const { name, verdict, exitCode, tree } = event.payload.judgement;
      return {
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
