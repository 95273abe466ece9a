import { expect, expectTypeOf, test } from "vitest";
import { customGateOutcomeSchema } from "../../core/custom-gate.ts";
import {
  definePipeline,
  type CustomGate,
  type CustomGateContext,
  type PipelineDefinition,
} from "../../index.ts";

/** Checked by `npm run types`: each line that must not compile fails it where it does. */
test("given the types that authors write against, then what is wrong does not compile", () => {
  expectTypeOf<CustomGateContext["readFile"]>().returns.resolves.toEqualTypeOf<Uint8Array | null>();
  const good: CustomGate = async ({ changes, task }) =>
    changes.length === 0 || task === null
      ? { verdict: "passed" }
      : { verdict: "failed", findings: [{ message: "no", path: changes[0]?.path ?? null }] };
  // @ts-expect-error a gate does not judge that it has errored: it throws
  const errored: CustomGate = () => ({ verdict: "errored" });
  // @ts-expect-error an objection says what it objects to
  const silent: CustomGate = () => ({ verdict: "failed" });
  const writes: CustomGate = (context) => {
    // @ts-expect-error nothing of the context can be changed
    context.commit = "0";
    return { verdict: "passed" };
  };
  // @ts-expect-error there is no such gate
  const gates: PipelineDefinition["stages"][number]["gates"] = [{ kind: "trust" }];
  // @ts-expect-error a stage says which gates it has, or why none
  const stage: PipelineDefinition["stages"][number] = { name: "plan", kind: "agent", role: "planner" };
  expect([good, errored, silent, writes, gates, stage]).toHaveLength(6);
  expectTypeOf(definePipeline).returns.toHaveProperty("limits");
});

test.each([
  undefined,
  null,
  true,
  "passed",
  {},
  { verdict: "errored" },
  { verdict: "flaky" },
  { verdict: "failed" },
  { verdict: "failed", findings: [] },
  { verdict: "failed", findings: ["no"] },
  { verdict: "failed", findings: [{ message: "" }] },
  { verdict: "passed", findings: [{ message: "but" }] },
])("given %j as an outcome, then it is none", (outcome) => {
  expect(customGateOutcomeSchema.safeParse(outcome).success).toBe(false);
});
