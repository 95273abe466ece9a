import { describe, expect, it } from "vitest";
import { gateBench } from "../../support/judge-candidate.ts";

const objection = { taskId: "work", path: "src/a.txt", message: "it proves nothing" };

describe("the review gate", () => {
  it("given an acceptance, also one with remarks, then it passes", async () => {
    for (const findings of [[], [objection]]) {
      const { judge } = await gateBench({
        stage: "verify",
        answer: { verdict: "accept", summary: "fine", findings },
      });
      expect(await judge({ kind: "review" })).toMatchObject({ verdict: "passed", findings: [] });
    }
  });

  it("given a rejection, then it fails with the objections, each with its task and path", async () => {
    const whole = { taskId: null, path: null, message: "the goal is half reached" };
    const answer = { verdict: "reject", summary: "no", findings: [objection, whole] };
    const { judge } = await gateBench({ stage: "verify", answer });
    expect(await judge({ kind: "review" })).toMatchObject({
      verdict: "failed",
      findings: [
        { gate: "review", path: "src/a.txt", message: "work: it proves nothing" },
        { gate: "review", path: null, message: "the goal is half reached" },
      ],
    });
  });

  it.each([
    ["a rejection without a finding", { verdict: "reject", summary: "no", findings: [] }],
    ["a verdict that is none", { verdict: "passed", summary: "ok", findings: [] }],
    ["no answer", null],
    ["a word", "accept"],
  ])("given %s, then it does not pass", async (_what, answer) => {
    const { judge } = await gateBench({ stage: "verify", answer });
    expect((await judge({ kind: "review" })).verdict).toBe("failed");
  });
});
