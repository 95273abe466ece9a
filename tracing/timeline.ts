import { attributes } from "./attributes.ts";
import type { Span } from "./spans-of.ts";

export interface TimelineRow {
  depth: number;
  name: string;
  /** Since the start of the run. */
  startMs: number;
  /** Null while it goes on. */
  durationMs: number | null;
  ok: boolean;
  note: string;
}

/** Spans as rows in the order of a tree, parents before children, by their start. Pure. */
export function timelineOf(spans: readonly Span[]): readonly TimelineRow[] {
  const ordered = spans.toSorted((a, b) => Date.parse(a.startTime) - Date.parse(b.startTime));
  const [first] = ordered;
  if (first === undefined) return [];
  const known = new Set(spans.map(({ spanId }) => spanId));
  // A span whose parent is lost stands at the root rather than nowhere.
  const children = Map.groupBy(ordered, ({ parentId }) =>
    parentId !== null && known.has(parentId) ? parentId : null,
  );
  const zero = Date.parse(first.startTime);
  const below = (parent: string | null, depth: number): TimelineRow[] =>
    (children.get(parent) ?? []).flatMap((span) => [
      rowOf(span, depth, zero),
      ...below(span.spanId, depth + 1),
    ]);
  return below(null, 0);
}

function rowOf(span: Span, depth: number, zero: number): TimelineRow {
  const start = Date.parse(span.startTime);
  return {
    depth,
    name: span.name,
    startMs: start - zero,
    durationMs: span.endTime === null ? null : Date.parse(span.endTime) - start,
    ok: span.ok,
    note: noteOf(span),
  };
}

function noteOf({ attributes: held }: Span): string {
  const verdict = held[attributes.verdict] ?? held[attributes.status] ?? held[attributes.error];
  const tokens = held[attributes.inputTokens];
  const parts = [
    verdict === undefined ? "" : String(verdict),
    tokens === undefined ? "" : `${Number(tokens) + Number(held[attributes.outputTokens] ?? 0)} tokens`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
