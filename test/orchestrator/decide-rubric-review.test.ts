import { describe, expect, it } from "vitest";
import { judgementSchema } from "../../core/verdict.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import type { GateSpec } from "../../core/pipeline.ts";
import { noUsage } from "../../core/usage.ts";
import { answered, judged, playRun } from "../support/played-run.ts";

const execute = "execute/work#1";
const rubric = { kind: "review", rubric: "Is it simple?" } as const;
const named = { ...rubric, name: "wording" } as const;
const person = { kind: "human", question: "good?" } as const;
const own = { kind: "custom", module: "./size.ts" } as const;
const budget = { kind: "budget", tokens: 1000 } as const;

type Verdict = "passed" | "failed" | "errored";

/** What a reviewer's gate comes to: its verdict, its turns of 10 tokens each. */
function reviewed(verdict: Verdict, { turns = 1, taskIds = [] as string[] } = {}): RunEvent {
  const event = judged("review:rubric", verdict);
  if (event.type !== "gate.judged") throw new Error("a gate is judged");
  const used = { usage: { ...noUsage, inputTokens: 10 * turns }, turns, threadId: "r", taskIds };
  return { ...event, payload: { judgement: judgementSchema.parse({ ...event.payload.judgement, ...used }) } };
}

function judgedOf(run: ReturnType<typeof playRun>, attempt = execute, prefix = "judge-"): string[] {
  const start = `${attempt}:${prefix}`;
  return run.effects
    .map(({ id }) => id)
    .flatMap((id) => (id.startsWith(start) ? id.slice(start.length) : []));
}

function play(stage: string, gates: readonly GateSpec[], outcomes: Readonly<Record<string, RunEvent>> = {}) {
  return playRun({ moreGates: { [stage]: gates }, outcomes });
}

describe("given a review with a rubric", () => {
  it("when gates judge, then it comes after commands and custom gates, before a person, and the budget once more after it", () => {
    const run = play("execute", [person, rubric, named, budget, own]);
    expect(judgedOf(run).slice(-6)).toEqual([
      "command:test",
      "custom:size.ts",
      "review:rubric",
      "review:wording",
      "budget-with-reviews",
      "human",
    ]);
    expect(judgedOf(run).filter((name) => name === "budget")).toHaveLength(1);
    expect(run.state.status).toBe("passed");
  });

  it("when no reviewer is there, then the budget is asked once", () => {
    expect(judgedOf(play("execute", [budget])).filter((name) => name.startsWith("budget"))).toEqual([
      "budget",
    ]);
  });

  it.each(["scope", "command:test", "custom:size.ts"])(
    "when %s has refused, then no reviewer is asked and its refusal stands",
    (name) => {
      const run = play("execute", [rubric, own], { [`${execute}:judge-${name}`]: judged(name, "failed") });
      expect(judgedOf(run)).not.toContain("review:rubric");
      expect(run.moves).toContain("retry execute/work");
    },
  );

  it("when it rejects, then nobody else is asked, and the next attempt is told its findings", () => {
    const run = play("execute", [rubric, named, person], {
      [`${execute}:judge-review:rubric`]: reviewed("failed"),
    });
    expect(judgedOf(run).at(-1)).toBe("review:rubric");
    const second = run.state.tasks.get("execute/work")!.attempts[1]!;
    expect(second.findings).toMatchObject([{ gate: "review:rubric", message: "review:rubric says no" }]);
    expect(second.from).toBe(`c ${execute}:commit`);
    expect(run.state.status).toBe("passed");
  });

  it("when it has errored each time, then the run has errored: no verdict is no pass", () => {
    const outcomes = Object.fromEntries(
      [1, 2, 3].map((n) => [`execute/work#${n}:judge-review:rubric`, reviewed("errored")]),
    );
    const run = play("execute", [rubric], outcomes);
    expect(run.state.status).toBe("errored");
    expect(run.state.head).toBe("base");
  });

  it("when it refuses a plan, then it is planned again", () => {
    const run = play("plan", [rubric], { "plan/plan#1:judge-review:rubric": reviewed("failed") });
    expect(run.moves.slice(0, 2)).toEqual(["dispatch plan/plan", "retry plan/plan"]);
  });

  it("when it errors on the merged tree at the end, then the verifier is asked again and nothing is reopened", () => {
    const run = play("verify", [rubric], { "verify/verify#1:judge-review:rubric": reviewed("errored") });
    expect(run.moves.slice(-1)).toEqual(["retry verify/verify"]);
    expect(run.state.status).toBe("passed");
  });

  it("when the merge makes another tree, then a reviewer judges that too", () => {
    const merged = { type: "merge.made", payload: { commit: "m", tree: "another" } } as const;
    const run = play("execute", [rubric], { [`${execute}:merge`]: merged });
    expect(judgedOf(run, execute, "judge-merged-")).toEqual(["command:test", "review:rubric"]);
  });
});

describe("given a review with a rubric that rejects the merged tree", () => {
  const twoTasks = [
    {
      id: "a",
      title: "A",
      description: "d",
      scope: ["src/**"],
      dependsOn: [],
      commands: ["test"],
      artifacts: [],
    },
    {
      id: "b",
      title: "B",
      description: "d",
      scope: ["src/**"],
      dependsOn: [],
      commands: ["test"],
      artifacts: [],
    },
  ];
  const remark = { taskId: "a", path: null, message: "nice" };
  const accepted = answered(1, { verdict: "accept", summary: "s", findings: [remark] });

  it.each([
    [["b"], ["execute/b"]],
    [[], ["execute/a", "execute/b"]],
    [
      ["a", "b"],
      ["execute/a", "execute/b"],
    ],
  ])(
    "when it names %j, then %j are reopened, whatever the verifier that accepted remarked",
    (taskIds, keys) => {
      const run = playRun({
        tasks: twoTasks,
        moreGates: { verify: [rubric] },
        outcomes: {
          "verify/verify#1:turn-1": accepted,
          "verify/verify#1:judge-review:rubric": reviewed("failed", { taskIds }),
        },
      });
      const reopened = run.events.flatMap(({ event }) =>
        event.type === "tasks.reopened" ? [event.payload.taskKeys] : [],
      );
      expect(reopened).toEqual([keys]);
      expect(run.state.status).toBe("passed");
    },
  );
});

describe("given the turns and tokens of reviewers", () => {
  it("when they have judged, then each is counted once, beside those of the workers", () => {
    const outcomes = {
      [`${execute}:judge-review:rubric`]: reviewed("failed", { turns: 2 }),
      "execute/work#2:judge-review:rubric": reviewed("passed"),
    };
    const { state } = play("execute", [rubric], outcomes);
    expect(state.usage).toEqual({ ...noUsage, inputTokens: 30 });
    expect(state.turns).toBe(4 + 3);
  });

  it("when no turn is left, then the run pauses before the reviewer, and nothing has passed", () => {
    const run = playRun({ limits: { turns: 2 }, moreGates: { execute: [rubric, person] } });
    expect(judgedOf(run).at(-1)).toBe("command:test");
    expect(run.state).toMatchObject({ status: "paused", reason: { code: "limit.turns" }, head: "base" });
    expect(run.state.tasks.get("execute/work")!.attempts.map(({ status }) => status)).toEqual(["running"]);
  });

  it("when the reviewer took the last turn and accepted, then its stage passes, and the next pauses", () => {
    const run = playRun({
      limits: { turns: 3 },
      moreGates: { execute: [rubric] },
      outcomes: { [`${execute}:judge-review:rubric`]: reviewed("passed") },
    });
    expect(run.state.tasks.get("execute/work")!.status).toBe("passed");
    expect(run.state.status).toBe("paused");
  });

  it("when they bring the task over its budget, then no other attempt is made", () => {
    const run = play("execute", [rubric, budget], {
      [`${execute}:judge-review:rubric`]: reviewed("failed"),
      [`${execute}:judge-budget-with-reviews`]: judged("budget", "failed"),
    });
    expect(run.moves.at(-1)).toBe("give-up execute/work");
  });
});
