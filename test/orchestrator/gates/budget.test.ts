import { describe, expect, it } from "vitest";
import { noUsage } from "../../../core/usage.ts";
import { judged } from "../../support/played-run.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";

const budget = { kind: "budget" } as const;

/** Two attempts at the task: the second turn of 900 tokens and two minutes. */
async function bench() {
  const made = await gateBench();
  const [key = ""] = made.world.log.state.tasks.keys();
  const own = { taskKey: key, attemptId: `${key}#2` };
  const usage = { ...noUsage, inputTokens: 700, cachedInputTokens: 600, outputTokens: 200 };
  const turn = {
    ordinal: 1,
    threadId: "t",
    prompt: "",
    answer: null,
    usage,
    failure: null,
    durationMs: 120_000,
  };
  const { base } = made;
  await made.world.log.append([
    {
      event: {
        type: "attempt.started",
        payload: { taskKey: key, number: 2, base, from: base, findings: [] },
      },
      ...own,
    },
    { event: { type: "turn.finished", payload: turn }, ...own },
  ]);
  return made;
}

describe("the budget gate", () => {
  it("given a reviewer of an attempt before, then its tokens, turns and time are within the budget too", async () => {
    const { judge, world } = await bench();
    const [taskKey = ""] = world.log.state.tasks.keys();
    const used = {
      usage: { ...noUsage, inputTokens: 90, outputTokens: 10 },
      turns: 2,
      threadId: "r",
      taskIds: [],
    };
    const event = judged("review:rubric", "failed");
    if (event.type !== "gate.judged") throw new Error("a gate is judged");
    const judgement = { ...event.payload.judgement, durationMs: 60_000, ...used };
    await world.log.append([
      { event: { type: "gate.judged", payload: { judgement } }, taskKey, attemptId: `${taskKey}#1` },
    ]);
    const over = await judge({ ...budget, tokens: 999, turns: 3, minutes: 3 });
    expect(messagesOf(over)).toEqual([
      "expected at most 999 tokens for this task, found 1000",
      "expected at most 3 turns for this task, found 4",
      "expected at most 3 minutes for this task, found 3.01",
    ]);
    expect(await judge({ ...budget, tokens: 1000, turns: 4 })).toMatchObject({ verdict: "passed" });
  });

  it.each([
    [{ tokens: 900 }, []],
    [{ tokens: 899 }, ["expected at most 899 tokens for this task, found 900"]],
    [{ turns: 2 }, []],
    [{ turns: 1 }, ["expected at most 1 turns for this task, found 2"]],
    [{ minutes: 3 }, []],
    [{ minutes: 2 }, ["expected at most 2 minutes for this task, found 2.01"]],
    [
      { tokens: 1, turns: 2, minutes: 1 },
      [expect.stringContaining("tokens"), expect.stringContaining("minutes")],
    ],
  ])("given %j, then the turns of all attempts are measured against it", async (limits, messages) => {
    const { judge } = await bench();
    const judgement = await judge({ ...budget, ...limits });
    expect(judgement).toMatchObject({ name: "budget", verdict: messages.length === 0 ? "passed" : "failed" });
    expect(messagesOf(judgement)).toEqual(messages);
  });
});
