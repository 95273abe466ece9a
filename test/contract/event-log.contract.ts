import { describe, expect, test } from "vitest";
import { verifyChain } from "../../core/events/verify-chain.ts";
import { newEvent, runStarted, stageStarted } from "../support/new-events.ts";
import { canary, type OpenStoreCase } from "./store-case.ts";

/** What every adapter of the `EventLog` port keeps. */
export function eventLogContract(name: string, open: OpenStoreCase): void {
  describe(`event log: ${name}`, () => {
    test("given events, when they are appended, then what is returned is what any handle reads", async () => {
      const { store, second } = await open();
      const place = { actor: "planner", taskKey: "plan/plan", attemptId: "plan/plan#1", effectId: "e" };
      const stage = newEvent({ type: "stage.started", payload: { stage: "\u0000 \ud800 é" } }, place);
      const first = await store.events.append({
        runId: "r1",
        expectedSequence: 0,
        events: [runStarted(), stage],
      });
      const after = await second.events.append({ runId: "r1", expectedSequence: 2, events: [runStarted()] });
      const read = await store.events.read("r1");
      expect(read).toEqual([...first, ...after]);
      expect(read.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect(read[1]).toMatchObject({ ...place, event: stage.event, version: 1 });
      expect(verifyChain(read)).toBeNull();
    });

    test("given five events, when a range is read, then it has those after the given one, at most the limit", async () => {
      const { store } = await open();
      const events = ["a", "b", "c", "d", "e"].map(stageStarted);
      await store.events.append({ runId: "r1", expectedSequence: 0, events });
      const sequences = async (range: { after?: number; limit?: number }): Promise<number[]> =>
        (await store.events.read("r1", range)).map(({ sequence }) => sequence);
      expect(await sequences({ after: 2 })).toEqual([3, 4, 5]);
      expect(await sequences({ after: 1, limit: 2 })).toEqual([2, 3]);
      expect(await sequences({ after: 5 })).toEqual([]);
      expect(await store.events.read("unknown")).toEqual([]);
    });

    test("given another writer was faster, when an event is appended, then it is a retryable conflict and nothing is kept", async () => {
      const { store, second } = await open();
      await store.events.append({ runId: "r1", expectedSequence: 0, events: [runStarted()] });
      await second.events.append({ runId: "r1", expectedSequence: 1, events: [stageStarted("theirs")] });
      const late = { runId: "r1", expectedSequence: 1, events: [stageStarted("ours"), stageStarted("ours")] };
      await expect(store.events.append(late)).rejects.toMatchObject({
        code: "log.conflict",
        retryable: true,
      });
      expect(await store.events.read("r1")).toHaveLength(2);
    });

    test("given two runs, when both are appended to, then each has a sequence and a chain of its own", async () => {
      const { store } = await open();
      for (const expectedSequence of [0, 1]) {
        await store.events.append({ runId: "r1", expectedSequence, events: [stageStarted("a")] });
        await store.events.append({ runId: "r2", expectedSequence, events: [stageStarted("b")] });
      }
      expect(verifyChain(await store.events.read("r1"))).toBeNull();
      expect(verifyChain(await store.events.read("r2"))).toBeNull();
    });

    test("given a secret in a payload, when it is appended, then it is gone before it is digested", async () => {
      const { store } = await open();
      const [appended] = await store.events.append({
        runId: "r1",
        expectedSequence: 0,
        events: [stageStarted(`x ${canary} y`)],
      });
      const [read] = await store.events.read("r1");
      expect(read?.event.payload).toEqual({ stage: "x [redacted] y" });
      expect(appended).toEqual(read);
      expect(verifyChain(read === undefined ? [] : [read])).toBeNull();
    });

    test("given commands named by secrets, when the run that has them is appended, then no name is kept, none is lost, and it reads", async () => {
      const { store } = await open();
      const started = runStarted();
      if (started.event.type !== "run.started") throw new Error("runStarted says so");
      const commands = { [canary]: "one", [`x-${canary}`]: "two", redacted: "three", "redacted-2": "four" };
      started.event.payload.config.commands = commands;
      const [appended] = await store.events.append({ runId: "r1", expectedSequence: 0, events: [started] });
      const [read] = await store.events.read("r1");
      expect(appended).toEqual(read);
      expect(read?.event.payload).toMatchObject({
        config: {
          commands: { redacted: "three", "redacted-2": "four", "redacted-3": "one", "x-redacted": "two" },
        },
      });
      expect(JSON.stringify(read)).not.toContain(canary);
    });

    test("given a command named like a secret, when the run that has it is appended, then the command stays what it is", async () => {
      const { store } = await open();
      const started = runStarted();
      if (started.event.type !== "run.started") throw new Error("runStarted says so");
      started.event.payload.config.commands["rotate-token"] = "npm run rotate";
      await store.events.append({ runId: "r2", expectedSequence: 0, events: [started] });
      expect((await store.events.read("r2"))[0]?.event).toEqual(started.event);
      const payload = { key: "0123456789abcdef", roots: [], reused: false, durationMs: 1 };
      const events = [newEvent({ type: "environment.prepared", payload })];
      await store.events.append({ runId: "r1", expectedSequence: 0, events });
      expect((await store.events.read("r1"))[0]?.event.payload).toEqual(payload);
    });
  });
}
