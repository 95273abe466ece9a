import { expect, test } from "vitest";
import { attributes } from "../../tracing/attributes.ts";
import type { Span } from "../../tracing/spans-of.ts";
import { timelineOf } from "../../tracing/timeline.ts";

function span(spanId: string, parentId: string | null, startMs: number, more: Partial<Span> = {}): Span {
  const start = Date.UTC(2026, 0, 1) + startMs;
  return {
    traceId: "t",
    spanId,
    parentId,
    name: spanId,
    kind: "effect",
    startTime: new Date(start).toISOString(),
    endTime: new Date(start + 10).toISOString(),
    ok: true,
    attributes: {},
    ...more,
  };
}

test("given spans in any order, when they are laid out, then children follow their parent by their start", () => {
  const spans = [span("b", "run", 20), span("b1", "b", 30), span("run", null, 5), span("a", "run", 10)];
  expect(timelineOf(spans).map(({ depth, name, startMs }) => [depth, name, startMs])).toEqual([
    [0, "run", 0],
    [1, "a", 5],
    [1, "b", 15],
    [2, "b1", 25],
  ]);
});

test("given a span that goes on, or none, when they are laid out, then there is no duration, or no row", () => {
  expect(timelineOf([span("a", null, 0, { endTime: null })])).toMatchObject([{ durationMs: null }]);
  expect(timelineOf([span("a", null, 0)])).toMatchObject([{ durationMs: 10, ok: true, note: "" }]);
  expect(timelineOf([])).toEqual([]);
});

test("given a span whose parent is lost, when it is laid out, then it stands at the root", () => {
  expect(timelineOf([span("a", "lost", 0), span("b", "a", 1)]).map(({ depth }) => depth)).toEqual([0, 1]);
});

test("given what spans hold, when they are laid out, then verdict, status or error and the tokens are noted", () => {
  const noteOf = (held: Span["attributes"]): string | undefined =>
    timelineOf([span("a", null, 0, { attributes: held })])[0]?.note;
  expect(noteOf({ [attributes.verdict]: "failed", [attributes.exitCode]: 1 })).toBe("failed");
  expect(noteOf({ [attributes.status]: "passed" })).toBe("passed");
  expect(noteOf({ [attributes.inputTokens]: 2, [attributes.outputTokens]: 3 })).toBe("5 tokens");
  expect(noteOf({ [attributes.error]: "model.refused", [attributes.inputTokens]: 2 })).toBe(
    "model.refused, 2 tokens",
  );
});
