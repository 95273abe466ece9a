import { expect, test } from "vitest";
import { verifyChain } from "../../core/events/verify-chain.ts";
import { createRedactor } from "../../core/redaction.ts";
import { createMemoryStore } from "../../db/memory/memory-store.ts";
import { stageStarted } from "../support/new-events.ts";

async function threeEvents() {
  const store = createMemoryStore({ redactor: createRedactor([]) });
  const events = ["a", "b", "c"].map(stageStarted);
  return store.events.append({ runId: "r1", expectedSequence: 0, events });
}

test("given a whole chain, or its beginning, when it is verified, then it holds", async () => {
  const events = await threeEvents();
  for (const length of [0, 1, 2, 3]) expect(verifyChain(events.slice(0, length))).toBeNull();
});

test.each(["id", "runId", "time", "actor", "taskKey", "attemptId", "effectId", "causationId"])(
  "given an event whose %s was changed, when the chain is verified, then it breaks at the next event",
  async (member) => {
    const events = await threeEvents();
    const changed = events.map((event, index) => (index === 1 ? { ...event, [member]: "changed" } : event));
    expect(verifyChain(changed)).toMatchObject({ sequence: 3 });
  },
);

test("given events left out, put in or in another order, when the chain is verified, then it breaks there", async () => {
  const [a, b, c] = await threeEvents();
  if (a === undefined || b === undefined || c === undefined) throw new Error("three were appended");
  expect(verifyChain([b, c])).toMatchObject({ sequence: 1 });
  expect(verifyChain([a, c])).toMatchObject({ sequence: 2 });
  expect(verifyChain([a, c, b])).toMatchObject({ sequence: 2 });
  expect(verifyChain([a, b, b, c])).toMatchObject({ sequence: 3 });
});

test("given a payload that was changed, when the chain is verified, then it breaks at that event", async () => {
  const [first, ...rest] = await threeEvents();
  if (first === undefined) throw new Error("three were appended");
  const forged = { ...first, event: stageStarted("forged").event };
  expect(verifyChain([forged, ...rest])).toMatchObject({
    sequence: 1,
    problem: expect.stringContaining("expected a payload with digest"),
  });
});
