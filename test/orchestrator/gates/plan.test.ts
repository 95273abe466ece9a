import { describe, expect, it } from "vitest";
import type { TaskSpec } from "../../../core/task.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { task } from "../../support/scripted.ts";

const config = { commands: { test: "true", lint: "true" } };

function judgePlan(tasks: readonly TaskSpec[]) {
  return gateBench({ stage: "plan", goal: "Do it", config, answer: { summary: "the plan", tasks } });
}

describe("the plan gate", () => {
  it("given a plan in any order of its tasks, then it passes and the plan is kept as an ExecPlan", async () => {
    const tasks = [
      task({ id: "c", dependsOn: ["a", "b"] }),
      task({ id: "b", dependsOn: ["a"], commands: ["test", "lint"] }),
      task({ id: "a" }),
    ];
    const { judge, store } = await judgePlan(tasks);
    const { verdict, evidence } = await judge({ kind: "plan" });
    expect(verdict).toBe("passed");
    const kept = Buffer.from((await store.artifacts.get(evidence!))!).toString();
    expect(kept).toMatch(/^# Do it\n[^]*### c: [^]*Depends on: `a`, `b`/);
  });

  it.each([
    ["the same id twice", [task(), task()], ["two tasks have the id 'work'"]],
    [
      "a need that is no task",
      [task({ dependsOn: ["x"] })],
      ["task 'work' depends on 'x', which is no task"],
    ],
    [
      "a command that the configuration does not know",
      [task({ commands: ["test", "deploy"] })],
      ["task 'work' names the command 'deploy'; there is lint, test"],
    ],
    [
      "a shell line in place of a name",
      [task({ commands: ["true; test"] })],
      ["task 'work' names the command 'true; test'; there is lint, test"],
    ],
    [
      "a name that every object has",
      [task({ commands: ["constructor"] })],
      ["task 'work' names the command 'constructor'; there is lint, test"],
    ],
    ["no command", [task({ commands: [] })], ["task 'work' names no command; there is lint, test"]],
    [
      "a task that needs itself",
      [task({ dependsOn: ["work"] })],
      ["these tasks depend on each other in a circle: work"],
    ],
    [
      "a circle, and tasks before and behind it",
      [
        task({ id: "a" }),
        task({ id: "b", dependsOn: ["a", "d"] }),
        task({ id: "c", dependsOn: ["b"] }),
        task({ id: "d", dependsOn: ["c"] }),
        task({ id: "e", dependsOn: ["d"] }),
      ],
      ["these tasks depend on each other in a circle: b, c, d, e"],
    ],
  ])("given %s, then it fails and names it", async (_what, tasks, says) => {
    const { judge } = await judgePlan(tasks);
    const judgement = await judge({ kind: "plan" });
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement)).toEqual(says);
  });

  it("given no plan at all, then it fails", async () => {
    const { judge } = await gateBench({ stage: "plan", answer: "I shall fix it" });
    expect(await judge({ kind: "plan" })).toMatchObject({ verdict: "failed" });
  });
});
