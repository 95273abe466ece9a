import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PendingCall } from "../../replay/match-step.ts";
import type { Step } from "../../replay/script.ts";
import { notStarted, takeStep, type Progress } from "../../replay/take-step.ts";

const call = fc.oneof(
  fc.record({ run: fc.constantFrom("true", "ls") }),
  fc.record({ write: fc.constantFrom("a", "b"), content: fc.string() }),
);
const action = fc.oneof(
  fc.record({ say: fc.string() }),
  call,
  fc.constant({ fail: 500 }),
  fc.constant({ cut: true as const }),
  fc.constant({ stall: true as const }),
  fc.constant({ empty: true as const }),
);
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(action, fc.array(call, { minLength: 2, maxLength: 4 })),
});
const steps = fc.array(step, { maxLength: 12 });

const prompt = { type: "message", role: "user", content: [{ type: "input_text", text: "go" }] };
const resultOf = ({ callId }: PendingCall) => ({
  type: "function_call_output",
  call_id: callId,
  output: "Process exited with code 0\nOutput:\n",
});

/** What a true Codex sends next. */
function honest({ pending }: Progress): unknown[] {
  return pending.length === 0 ? [prompt] : pending.map(resultOf);
}

describe("given any script", () => {
  it("when requests are those of a true Codex, then every step is taken once and in order, and one more is refused", () => {
    fc.assert(
      fc.property(steps, (script) => {
        let progress = notStarted;
        for (const expected of script) {
          const taken = takeStep(script, progress, honest(progress));
          expect(taken.problem).toBeUndefined();
          expect(taken.step).toBe(expected);
          ({ progress } = taken);
        }
        expect(takeStep(script, progress, honest(progress)).problem).toContain("no request after the last");
      }),
    );
  });

  it("when results of one response come in another order, then they match as well", () => {
    const shuffled = fc.array(call, { minLength: 2, maxLength: 6 }).chain((actions) => {
      const script: Step[] = [{ do: actions }, { do: { say: "end" } }];
      const { progress } = takeStep(script, notStarted, [prompt]);
      const results = honest(progress);
      const order = fc.shuffledSubarray(results, { minLength: results.length, maxLength: results.length });
      return order.map((input) => ({ script, progress, input }));
    });
    fc.assert(
      fc.property(shuffled, ({ script, progress, input }) => {
        expect(takeStep(script, progress, input).problem).toBeUndefined();
        expect(takeStep(script, progress, input.slice(1)).problem).toContain("expected the result of call");
      }),
    );
  });

  it("when a request holds all that was before, then the result is that of its new items alone", () => {
    const old = fc.array(
      fc.constantFrom(prompt, resultOf({ callId: "old", kind: "command" }), { role: "developer" }, 7, null),
    );
    const last = fc.constantFrom<unknown>(
      { role: "assistant", content: "x" },
      { type: "function_call", call_id: "call_1" },
    );
    fc.assert(
      fc.property(steps, old, last, (script, before, model) => {
        const alone = takeStep(script, notStarted, [prompt]);
        expect(takeStep(script, notStarted, [...before, model, prompt])).toEqual(alone);
      }),
    );
  });

  it("when input is anything at all, then nothing is thrown, and after a refusal nothing is played", () => {
    const items = fc.array(
      fc.record(
        {
          type: fc.anything(),
          role: fc.constantFrom("user", "assistant", 3),
          call_id: fc.anything(),
          content: fc.anything(),
          output: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    );
    const anything = fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), items);
    fc.assert(
      fc.property(steps, fc.array(anything, { maxLength: 5 }), (script, inputs) => {
        let progress = notStarted;
        for (const input of inputs) {
          const was = progress;
          const taken = takeStep(script, progress, input);
          ({ progress } = taken);
          if (taken.problem === undefined) continue;
          expect(progress).toEqual({ ...was, failed: true });
          expect(takeStep(script, progress, honest(progress)).step).toBeUndefined();
        }
      }),
    );
  });
});
