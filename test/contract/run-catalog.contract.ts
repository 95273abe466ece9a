import { describe, expect, test } from "vitest";
import { runPassed, runResumed, runStarted } from "../support/new-events.ts";
import { canary, type OpenStoreCase, type StoreCase } from "./store-case.ts";

/** What every adapter of the `RunCatalog` port keeps. */
export function runCatalogContract(name: string, open: OpenStoreCase): void {
  describe(`run catalog: ${name}`, () => {
    test("given a run that started and ended, when it is listed, and goes on, then the line follows its log", async () => {
      const { store, second, clock } = await open();
      await store.events.append({ runId: "ab1", expectedSequence: 0, events: [runStarted(`do ${canary}`)] });
      const line = {
        id: "ab1",
        goal: "do [redacted]",
        pipeline: "plan-execute-verify",
        repository: "/repository",
        branch: "portcullis/x",
        startedAt: "2026-01-01T00:00:00.000Z",
        erasedAt: null,
      };
      expect(await second.catalog.list()).toEqual([{ ...line, status: "running", finishedAt: null }]);
      clock.time += 1500;
      await store.events.append({ runId: "ab1", expectedSequence: 1, events: [runPassed()] });
      const finished = { ...line, status: "passed", finishedAt: "2026-01-01T00:00:01.500Z" };
      expect(await second.catalog.list()).toEqual([finished]);
      await store.events.append({ runId: "ab1", expectedSequence: 2, events: [runResumed()] });
      expect(await second.catalog.list()).toEqual([{ ...line, status: "running", finishedAt: null }]);
    });

    test("given three runs, when they are listed, then the newest is first, at most the limit", async () => {
      const { store } = await startRuns(await open(), ["ab1", "ab2", "b"]);
      expect((await store.catalog.list()).map(({ id }) => id)).toEqual(["b", "ab2", "ab1"]);
      expect((await store.catalog.list({ limit: 2 })).map(({ id }) => id)).toEqual(["b", "ab2"]);
    });

    test("given runs, when one is named by id, prefix or 'latest', then it is found", async () => {
      const { store } = await startRuns(await open(), ["ab1", "ab12", "b2"]);
      for (const [reference, id] of [
        ["b", "b2"],
        ["latest", "b2"],
        ["ab12", "ab12"],
        ["ab1", "ab1"],
        ["AB12", "ab12"],
      ] as const) {
        expect(await store.catalog.resolve(reference)).toMatchObject({ id });
      }
    });

    test.each(["x", "", "%", "_", "a%", "ab1 "])(
      "given runs, when %j is asked for, then no run is that one",
      async (reference) => {
        const { store } = await startRuns(await open(), ["ab1", "ab2"]);
        await expect(store.catalog.resolve(reference)).rejects.toMatchObject({
          code: "run.unknown",
          kind: "usage",
        });
      },
    );

    test("given no run at all, when 'latest' is asked for, then it says so", async () => {
      const { store } = await open();
      await expect(store.catalog.resolve("latest")).rejects.toMatchObject({ code: "run.unknown" });
    });

    test("given a prefix of several runs, when it is asked for, then the error names some of them", async () => {
      const { store } = await startRuns(await open(), ["ab1", "ab2", "ab3", "ab4", "ab5", "ab6", "ab7"]);
      await expect(store.catalog.resolve("ab")).rejects.toMatchObject({
        code: "run.ambiguous",
        kind: "usage",
        message: expect.stringContaining("ab7, ab6, ab5, ab4, ab3 and more"),
      });
    });
  });
}

async function startRuns(opened: StoreCase, ids: readonly string[]): Promise<StoreCase> {
  for (const runId of ids) {
    opened.clock.time += 1;
    await opened.store.events.append({ runId, expectedSequence: 0, events: [runStarted()] });
  }
  return opened;
}
