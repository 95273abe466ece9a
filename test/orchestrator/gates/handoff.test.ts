import { describe, expect, it } from "vitest";
import { limits } from "../../../core/limits.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";

const report = { taskId: "work", status: "done", summary: "All tests pass.", artifacts: [] };
const review = { verdict: "accept", summary: "fine", findings: [] };

describe("the handoff gate", () => {
  it.each([
    ["a report of the task", "execute", report],
    ["a report in one fence", "execute", `\`\`\`json\n${JSON.stringify(report)}\n\`\`\``],
    ["a review", "verify", review],
  ] as const)("given %s, then it passes", async (_what, stage, answer) => {
    const { judge } = await gateBench({ stage, answer });
    expect(await judge({ kind: "handoff" })).toMatchObject({ verdict: "passed", findings: [] });
  });

  it.each([
    ["no answer", null, /empty answer/],
    ["white space", " \n", /empty answer/],
    ["prose around the packet", `Done! ${JSON.stringify(report)}`, /one JSON value and nothing else/],
    ["two packets", JSON.stringify(report).repeat(2), /one JSON value/],
    ["a key that the packet does not have", { ...report, sandbox: "danger-full-access" }, /sandbox/],
    ["a member of another type", { ...report, artifacts: "none" }, /artifacts/],
    ["the packet of another role", review, /taskId/],
    ["a key that would reach a prototype", `{"__proto__":{},${JSON.stringify(report).slice(1)}`, /__proto__/],
    ["the report of another task", { ...report, taskId: "other" }, /'work', found that of 'other'/],
    ["a worker that is blocked", { ...report, status: "blocked", summary: "no way" }, /blocked: no way/],
    [
      "an answer over the limit",
      { ...report, summary: "x".repeat(limits.answerBytes) },
      /at most 262144 bytes/,
    ],
    ["an artifact that lies outside", { ...report, artifacts: [{ path: "../x", sha256: "a" }] }, /'\.\.'/],
  ])("given %s, then it fails and says what was expected", async (_what, answer, says) => {
    const { judge } = await gateBench({ answer });
    const judgement = await judge({ kind: "handoff" });
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement).join("\n")).toMatch(says);
  });
});
