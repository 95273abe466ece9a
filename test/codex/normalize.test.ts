import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activityOf, createUsageMeter, errorMessageOf } from "../../codex/normalize.ts";
import { addUsage, noUsage, usageSchema, type Usage } from "../../core/usage.ts";

const total = { input_tokens: 9, cached_input_tokens: 4, output_tokens: 3, reasoning_output_tokens: 1 };

describe("given a message of Codex", () => {
  it.each([
    [
      { type: "exec_command_begin", call_id: "c", command: ["bash", "-lc", "ls"], cwd: "/w" },
      { kind: "command-started", callId: "c", command: "bash -lc ls" },
    ],
    [
      { type: "exec_command_end", call_id: "c", exit_code: 2 },
      { kind: "command-ended", callId: "c", exitCode: 2 },
    ],
    [
      { type: "exec_command_end", call_id: "c" },
      { kind: "command-ended", callId: "c", exitCode: null },
    ],
    [
      { type: "patch_apply_begin", call_id: "c", changes: { a: {}, b: {} } },
      { kind: "patch", callId: "c", paths: ["a", "b"] },
    ],
    [
      { type: "agent_message", message: "hello" },
      { kind: "message", text: "hello" },
    ],
    [
      { type: "stream_error", message: "Reconnecting... 2/5", codex_error_info: "other" },
      { kind: "trouble", text: "Reconnecting... 2/5" },
    ],
    [
      { type: "token_count", info: { total_token_usage: total, last_token_usage: {} } },
      {
        kind: "usage",
        usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 1 },
      },
    ],
    [
      { type: "token_count", info: { total_token_usage: { input_tokens: 1, output_tokens: 2 } } },
      {
        kind: "usage",
        usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
      },
    ],
  ])("when it is %j, then it is an activity", (message, activity) => {
    expect(activityOf(message)).toEqual(activity);
  });

  it.each([
    { type: "token_count" },
    { type: "token_count", info: null },
    { type: "error", message: "m" },
    { type: "exec_command_begin", call_id: "c", command: "ls" },
    { type: "something_new", message: "m" },
    { type: "__proto__" },
    {},
    null,
    "text",
  ])("when it is %j, then it means nothing to us", (message) => {
    expect(activityOf(message)).toBeNull();
  });

  it("when it is anything at all, then nothing is thrown", () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(activityOf(message)).toBeNull();
        expect(errorMessageOf(message)).toBeNull();
      }),
    );
  });

  it("when it is an error, then its message is found, and of nothing else", () => {
    expect(errorMessageOf({ type: "error", message: "it broke", codex_error_info: "other" })).toBe(
      "it broke",
    );
    expect(errorMessageOf({ type: "agent_message", message: "it broke" })).toBeNull();
  });
});

const count = fc.nat(1_000_000);
const counts: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
});
/** Turns, each a list of what was used step by step, on one of two threads. */
const turns = fc.array(
  fc.array(fc.tuple(fc.constantFrom("main", "helper"), counts, fc.integer({ min: 1, max: 3 }))),
);

describe("given a meter of usage", () => {
  it("when totals of threads grow over turns, some told again, then each turn is what came on top", () => {
    fc.assert(
      fc.property(turns, (all) => {
        const meter = createUsageMeter();
        const soFar: Record<string, Usage> = { main: noUsage, helper: noUsage };
        for (const steps of all) {
          for (const [thread, used, times] of steps) {
            const now = addUsage(soFar[thread] ?? noUsage, used);
            soFar[thread] = now;
            for (let told = 0; told < times; told += 1) meter.saw(thread, now);
          }
          expect(meter.endTurn()).toEqual(steps.map(([, used]) => used).reduce(addUsage, noUsage));
        }
        expect(meter.endTurn()).toEqual(noUsage);
      }),
    );
  });

  it("when a resumed thread tells its past before the turn begins, then that is not counted, and what comes after is", () => {
    fc.assert(
      fc.property(counts, counts, counts, (past, first, second) => {
        const meter = createUsageMeter();
        meter.saw("t", past);
        expect(meter.turnSoFar()).toEqual(noUsage);
        meter.beginTurn();
        meter.saw("t", past);
        meter.saw("t", addUsage(past, first));
        expect(meter.turnSoFar()).toEqual(first);
        expect(meter.endTurn()).toEqual(first);
        meter.beginTurn();
        meter.saw("t", addUsage(addUsage(past, first), second));
        expect(meter.endTurn()).toEqual(second);
      }),
    );
  });

  it("when totals go anywhere, then no turn is below nothing", () => {
    fc.assert(
      fc.property(fc.array(counts), (all) => {
        const meter = createUsageMeter();
        for (const one of all) {
          meter.saw("t", one);
          expect(usageSchema.safeParse(meter.endTurn()).success).toBe(true);
        }
      }),
    );
  });
});
