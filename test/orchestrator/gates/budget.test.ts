import { describe, expect, it } from "vitest";
import { noUsage } from "../../../core/usage.ts";
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
