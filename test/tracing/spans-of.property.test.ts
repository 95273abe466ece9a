import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEvent, emptyTrace, spansOf, type Span } from "../../tracing/spans-of.ts";
import { timelineOf } from "../../tracing/timeline.ts";
import { seededDice } from "../support/seeded-dice.ts";
import { simulateRun } from "../support/simulated-run.ts";

const world = fc
  .tuple(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 20 }))
  .map(([seed, kindness]) => simulateRun(seededDice(seed, kindness), 5000));

function always(property: (run: ReturnType<typeof simulateRun>) => void): void {
  fc.assert(fc.property(world, property), { numRuns: 200 });
}

describe("given the log of any run", () => {
  it("then what is sent while it goes on is what is rebuilt from the log, and each span is sent once", () => {
    always(({ events }) => {
      const trace = emptyTrace();
      const sent = events.flatMap((event) => applyEvent(trace, event));
      const rebuilt = new Map(spansOf(events).map((span) => [span.spanId, span]));
      expect(new Set(sent.map(({ spanId }) => spanId)).size).toBe(sent.length);
      for (const span of sent) expect(rebuilt.get(span.spanId)).toEqual(span);
      expect([...rebuilt.values()].filter(({ endTime }) => endTime !== null)).toHaveLength(sent.length);
    });
  });

  it("then ids are well formed and of one trace, and a run told again, with other ids of events, has other spans", () => {
    always(({ events }) => {
      const spans = spansOf(events);
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      for (const { traceId, spanId } of spans) {
        expect(traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(spanId).toMatch(/^[0-9a-f]{16}$/);
      }
      const again = spansOf(events.map((event) => ({ ...event, id: `other-${event.id}` })));
      const ids = new Set(spans.map(({ spanId }) => spanId));
      for (const { spanId } of again) expect(ids.has(spanId)).toBe(false);
    });
  });

  it("then one span is the root, and each other lies within its parent's time and kind", () => {
    const parents = { stage: ["run"], attempt: ["stage"], effect: ["run", "attempt"] };
    always(({ events }) => {
      const byId = new Map(spansOf(events).map((span) => [span.spanId, span]));
      const roots = [...byId.values()].filter(({ parentId }) => parentId === null);
      expect(roots.map(({ kind }) => kind)).toEqual(["run"]);
      for (const span of byId.values()) {
        if (span.kind === "run") continue;
        const parent = byId.get(span.parentId ?? "") as Span;
        expect(parents[span.kind]).toContain(parent.kind);
        expect(span.startTime >= parent.startTime).toBe(true);
        if (span.endTime !== null && parent.endTime !== null)
          expect(Date.parse(span.endTime)).toBeLessThanOrEqual(Date.parse(parent.endTime));
      }
    });
  });

  it("then the timeline has each span once, a child below its parent and no deeper than one step", () => {
    always(({ events }) => {
      const spans = spansOf(events);
      const rows = timelineOf(spans);
      expect(rows.map(({ name }) => name).toSorted()).toEqual(spans.map(({ name }) => name).toSorted());
      expect(rows[0]).toMatchObject({ depth: 0, startMs: 0 });
      for (const [index, { depth, startMs }] of rows.entries()) {
        expect(depth).toBeLessThanOrEqual((rows[index - 1]?.depth ?? -1) + 1);
        expect(startMs).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it("then a log with events missing gives spans and rows all the same", () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), ({ events }, keys) => {
        const left = events.filter(() => (keys.next().value ?? 0) % 4 !== 0);
        const spans = spansOf(left);
        expect(timelineOf(spans)).toHaveLength(spans.length);
      }),
      { numRuns: 100 },
    );
  });
});
