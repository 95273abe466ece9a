import { expect, test } from "vitest";
import { canonicalJson } from "../../core/digest.ts";
import { chainHash, type EventEnvelope } from "../../core/events/envelope.ts";
import { readChain, verifyChain, type ChainLink } from "../../core/events/verify-chain.ts";
import { createRedactor } from "../../core/redaction.ts";
import { createMemoryStore } from "../../db/memory/memory-store.ts";
import { newEvent, stageStarted } from "../support/new-events.ts";

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
    expected: expect.stringContaining("a payload with digest"),
  });
});

/** `a`, `b`, `c`, and a tombstone for the first `through` of them. */
async function tombstoned(through: number): Promise<ChainLink[]> {
  const store = createMemoryStore({ redactor: createRedactor([]) });
  const payload = { by: "rm", through, status: "passed" } as const;
  const events = [...["a", "b", "c"].map(stageStarted), newEvent({ type: "run.erased", payload })];
  return (await store.events.append({ runId: "r1", expectedSequence: 0, events })).map(linkOf);
}

function linkOf({ event, ...envelope }: EventEnvelope): ChainLink {
  return { ...envelope, type: event.type, payload: canonicalJson(event.payload) };
}

const without = (links: readonly ChainLink[], ...sequences: number[]): ChainLink[] =>
  links.map((link) => (sequences.includes(link.sequence) ? { ...link, payload: null } : link));

test("given payloads that a tombstone covers, when they are missing, then the chain holds and tells how many", async () => {
  const links = await tombstoned(3);
  const last = links.at(-1);
  const headHash = last === undefined ? "" : chainHash(last);
  expect(readChain(without(links, 1, 2, 3))).toEqual({ events: 4, erased: 3, headHash, broken: null });
  expect(readChain(links)).toMatchObject({ erased: 0, headHash, broken: null });
});

test.each([
  [2, [1, 2, 3], 3],
  [0, [2], 2],
  [99, [4], 4],
])(
  "given a tombstone through %i, when the payloads of %j are missing, then the chain breaks at %i",
  async (through, missing, sequence) => {
    const links = without(await tombstoned(through), ...missing);
    expect(readChain(links).broken).toMatchObject({
      sequence,
      culprit: { sequence, id: links[sequence - 1]?.id },
      found: "no payload",
    });
  },
);

test("given a tombstone whose own payload was changed, when a payload is missing, then the tombstone allows nothing", async () => {
  const links = (await tombstoned(1)).map((link) =>
    link.type === "run.erased" ? { ...link, payload: link.payload?.replace("1", "3") ?? null } : link,
  );
  expect(readChain(without(links, 1)).broken).toMatchObject({ sequence: 1, found: "no payload" });
});

test.each([1, 2, 3, 4])(
  "given event %i changed in its envelope, when the chain is read, then that event is the culprit, not the one that shows it",
  async (sequence) => {
    const links = await tombstoned(3);
    const last = links.at(-1);
    const end = { sequence: 4, hash: last === undefined ? "" : chainHash(last) };
    const changed = links.map((link) => (link.sequence === sequence ? { ...link, actor: "changed" } : link));
    expect(readChain(changed, end).broken).toMatchObject({ culprit: { sequence } });
    const forged = links.map((link) =>
      link.sequence === sequence ? { ...link, previousHash: "f".repeat(64) } : link,
    );
    expect(readChain(forged, end).broken).toMatchObject({ culprit: { sequence } });
  },
);

test("given a log cut off at its end, when it is read, then only the end that is known shows it", async () => {
  const links = await tombstoned(3);
  expect(readChain(links.slice(0, 2)).broken).toBeNull();
  expect(readChain(links.slice(0, 2), { sequence: 4, hash: null }).broken).toMatchObject({
    culprit: { sequence: 3, id: null },
    expected: "a log that ends at event 4",
  });
  expect(readChain(links, { sequence: 3, hash: null }).broken).toMatchObject({ culprit: { sequence: 4 } });
});
