import { describe, expect, test, vi } from "vitest";
import type { WireEvent } from "../../core/ports/wire-log.ts";
import { canary, type OpenStoreCase } from "./store-case.ts";

/** What every adapter of the `WireLog` port keeps. */
export function wireLogContract(name: string, open: OpenStoreCase): void {
  describe(`wire log: ${name}`, () => {
    test("given 2,500 events of two runs, when they are flushed, then each run has its own in order, by position", async () => {
      const { store, second } = await open();
      for (let index = 0; index < 2500; index += 1) {
        store.wire.record(wireEvent(index % 2 === 0 ? "even" : "odd", index));
      }
      await store.wire.flush();
      const read = await second.wire.read("odd");
      expect(read.map(({ payload }) => payload)).toEqual(Array.from({ length: 1250 }, (_n, i) => 2 * i + 1));
      expect(read.map(({ position }) => position)).toEqual(Array.from({ length: 1250 }, (_n, i) => i + 1));
      expect(read[0]).toEqual({ ...wireEvent("odd", 1), position: 1 });
      expect((await store.wire.read("even", { after: 3, limit: 2 })).map(({ payload }) => payload)).toEqual([
        6, 8,
      ]);
      expect(store.wire.counts()).toEqual({ stored: 2500, dropped: 0 });
      expect(await store.wire.read("unknown")).toEqual([]);
    });

    test("given an event was recorded, when nobody flushes, then it is stored all the same", async () => {
      const { store, second } = await open();
      store.wire.record(wireEvent("r1", "x"));
      await vi.waitFor(async () => expect(await second.wire.read("r1")).toHaveLength(1), 10_000);
    });

    test("given two writers of one run, when both store, then no position is taken twice", async () => {
      const { store, second } = await open();
      for (const wire of [store.wire, second.wire, store.wire]) {
        wire.record(wireEvent("r1", "x"));
        await wire.flush();
      }
      expect((await store.wire.read("r1")).map(({ position }) => position)).toEqual([1, 2, 3]);
    });

    test("given more events than may wait, when they are recorded at once, then the rest is dropped and counted", async () => {
      const { store } = await open();
      for (let index = 0; index < 20_010; index += 1) store.wire.record(wireEvent("r1", index));
      await store.wire.flush();
      expect(store.wire.counts()).toEqual({ stored: 20_000, dropped: 10 });
      expect((await store.wire.read("r1", { after: 19_999 })).map(({ payload }) => payload)).toEqual([
        19_999,
      ]);
    });

    test("given secrets and what is no JSON, when they are recorded, then nothing secret is stored and nothing is thrown", async () => {
      const { store } = await open();
      const circle: { self?: unknown } = {};
      circle.self = circle;
      store.wire.record(wireEvent("r1", { text: canary, deep: [{ api_key: "0123456789" }] }));
      store.wire.record(wireEvent("r1", circle));
      store.wire.record(wireEvent("r1", 1n));
      store.wire.record(wireEvent("r1", undefined));
      await store.wire.flush();
      expect((await store.wire.read("r1")).map(({ payload }) => payload)).toEqual([
        { text: "[redacted]", deep: [{ api_key: "[redacted]" }] },
        null,
      ]);
      expect(store.wire.counts()).toEqual({ stored: 2, dropped: 2 });
    });
  });
}

export function wireEvent(runId: string, payload: unknown): WireEvent {
  return { runId, attemptId: "a#1", threadId: null, time: "2026-01-01T00:00:00.000Z", type: "t", payload };
}
