import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verifyChain } from "../../core/events/verify-chain.ts";
import type { Ids } from "../../core/ids.ts";
import { createMemoryStore } from "../../db/memory/memory-store.ts";
import { openStore, type Store } from "../../db/open-store.ts";
import { canary, canaryRedactor } from "../contract/store-case.ts";
import { newEvent, runPassed, runStarted, stageStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant(`${canary} ${canary}`));
const event = fc.oneof(
  text.map(stageStarted),
  text.map((goal) => runStarted(goal)),
  fc.constant(runPassed()),
  fc.array(text).map((paths) => newEvent({ type: "merge.conflicted", payload: { paths } })),
);
const request = fc.record({
  runId: fc.constantFrom("r1", "r2", "r12"),
  expectedSequence: fc.nat(6),
  right: fc.boolean(),
  events: fc.array(event, { maxLength: 3 }),
});

function numbered(): Ids {
  let count = 0;
  return { run: () => "unused", event: () => `e${(count += 1)}` };
}

/** What comes of it, as a value: the same for two stores that agree. */
async function outcome(operation: () => Promise<unknown>): Promise<unknown> {
  return operation().catch((error: unknown) => String(error));
}

async function append(store: Store, asked: typeof request extends fc.Arbitrary<infer T> ? T : never) {
  const known = (await store.events.read(asked.runId)).length;
  const expectedSequence = asked.right ? known : asked.expectedSequence;
  return outcome(() => store.events.append({ runId: asked.runId, expectedSequence, events: asked.events }));
}

test("given any appends, when both stores take them, then they answer and read alike, and each chain holds", async () => {
  const root = scratchDirectory("agree");
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 12 }), async (requests) => {
      let time = 0;
      const tools = { redactor: canaryRedactor, clock: { now: () => time } };
      const memory = createMemoryStore({ ...tools, ids: numbered() });
      const stateDirectory = `${root}/${(count += 1)}`;
      const sqlite = await openStore({ ...tools, ids: numbered(), stateDirectory });
      for (const asked of requests) {
        time += 1;
        expect(await append(sqlite, asked)).toEqual(await append(memory, asked));
      }
      for (const runId of ["r1", "r2", "r12"]) {
        const read = await sqlite.events.read(runId);
        expect(read).toEqual(await memory.events.read(runId));
        expect(verifyChain(read)).toBeNull();
        expect(JSON.stringify(read)).not.toContain(canary);
      }
      expect(await sqlite.catalog.list()).toEqual(await memory.catalog.list());
      for (const reference of ["latest", "r1", "r", "x"]) {
        expect(await outcome(() => sqlite.catalog.resolve(reference))).toEqual(
          await outcome(() => memory.catalog.resolve(reference)),
        );
      }
      await sqlite.close();
    }),
    { numRuns: 60 },
  );
});
