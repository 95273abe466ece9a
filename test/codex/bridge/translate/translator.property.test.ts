import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTranslator } from "../../../../codex/bridge/translate/translator.ts";

const methods = [
  "turn/started",
  "turn/completed",
  "item/started",
  "item/completed",
  "thread/tokenUsage/updated",
  "thread/status/changed",
  "account/rateLimits/updated",
  "item/commandExecution/outputDelta",
  "rawResponseItem/completed",
  "rawResponse/completed",
  "item/agentMessage/delta",
  "turn/diff/updated",
  "turn/plan/updated",
  "thread/compacted",
  "model/rerouted",
  "warning",
  "error",
];
const method = fc.oneof(fc.constantFrom(...methods), fc.string());
const itemTypes = [
  "commandExecution",
  "fileChange",
  "agentMessage",
  "userMessage",
  "mcpToolCall",
  "webSearch",
];
const someItem = fc.record({ type: fc.oneof(fc.constantFrom(...itemTypes), fc.string()), id: fc.string() });
const params = fc.oneof(
  fc.jsonValue(),
  fc.record({ threadId: fc.string(), turnId: fc.string(), item: fc.oneof(someItem, fc.jsonValue()) }),
);

it("property: given any notifications, then nothing throws, and every event has a type", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(method, params), { maxLength: 20 }), (notifications) => {
      const translator = createTranslator("t");
      for (const [name, about] of notifications) {
        for (const { id, msg } of translator.take(name, about)) {
          expect(typeof msg.type).toBe("string");
          expect(msg.type).not.toBe("");
          expect(["string", "undefined"]).toContain(typeof id);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("property: given a command that waits for approval, then it begins once if it is approved, and never if not", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 3 }),
      (waits, approved, deltas) => {
        const translator = createTranslator("t");
        const status = { type: "active", activeFlags: waits ? ["waitingOnApproval"] : [] };
        const command = {
          type: "commandExecution",
          id: "c",
          command: "true",
          cwd: "/",
          commandActions: [],
          source: "agent",
          processId: null,
          aggregatedOutput: "",
          exitCode: 0,
          durationMs: 1,
        };
        const done = waits && !approved ? "declined" : "completed";
        const about = { threadId: "t", turnId: "u" };
        const events = [
          ...translator.take("thread/status/changed", { threadId: "t", status }),
          ...translator.take("item/started", { ...about, item: { ...command, status: "inProgress" } }),
          ...(waits ? translator.decided("c", approved) : []),
          ...(waits && !approved ? [] : deltas).flatMap((delta) =>
            translator.take("item/commandExecution/outputDelta", { ...about, itemId: "c", delta }),
          ),
          ...translator.take("item/completed", { ...about, item: { ...command, status: done } }),
        ].map(({ msg }) => msg.type);
        const times = waits && !approved ? 0 : 1;
        for (const type of ["exec_command_begin", "exec_command_end"]) {
          expect(events.filter((found) => found === type)).toHaveLength(times);
        }
      },
    ),
  );
});

describe("given what is not known", () => {
  it("when it is an item, then it is told under its own name, its members with underscores", () => {
    const item = { type: "brandNew", id: "i", someThing: { innerThing: 1 } };
    const [event, ...more] = createTranslator("t").take("item/completed", { turnId: "u", item });
    expect(event?.msg).toMatchObject({
      type: "item_completed",
      item: { type: "BrandNew", id: "i", some_thing: { inner_thing: 1 } },
    });
    expect(more).toEqual([]);
  });

  it("when it is a notification, then there is no event", () => {
    expect(createTranslator("t").take("brand/new", { threadId: "t" })).toEqual([]);
    expect(createTranslator("t").take("constructor", {})).toEqual([]);
    expect(createTranslator("t").take("__proto__", {})).toEqual([]);
    expect(createTranslator("t").take("toString", {})).toEqual([]);
  });
});
