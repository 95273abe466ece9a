import { describe, expect, it } from "vitest";
import type { EffectOf } from "../../core/effect.ts";
import {
  answered,
  effectFailed,
  judged,
  playRun,
  turnFailed,
  type PlayedRun,
} from "../support/played-run.ts";
import { task } from "../support/scripted.ts";

const execute = "execute/work#1";

function ids({ effects }: PlayedRun, attempt = ""): string[] {
  return effects.map(({ id }) => id).filter((id) => id.startsWith(attempt));
}

function startOf({ events }: PlayedRun, attemptId: string) {
  const found = events.find((each) => each.event.type === "attempt.started" && each.attemptId === attemptId);
  return found?.event.payload;
}

function attemptsOf({ state }: PlayedRun, key = "execute/work"): string[] {
  return state.tasks.get(key)!.attempts.map(({ status }) => status);
}

const retried = [
  "dispatch plan/plan",
  "dispatch execute/work",
  "retry execute/work",
  "dispatch verify/verify",
];

describe("given a world where all goes well", () => {
  it("then the steps are these, in this order, and no other", () => {
    const run = playRun({});
    const names = (attempt: string, ...rest: string[]) => rest.map((name) => `${attempt}:${name}`);
    expect(ids(run)).toEqual([
      "environment",
      ...names("plan/plan#1", "work-tree", "worker", "turn-1", "judge-handoff-1", "end-worker", "judge-plan"),
      ...names(execute, "work-tree", "worker", "turn-1", "judge-handoff-1", "end-worker", "commit"),
      ...names(
        execute,
        "judge-scope",
        "judge-protection",
        "judge-diff",
        "judge-artifacts",
        "judge-command:test",
        "merge",
      ),
      ...names("verify/verify#1", "work-tree", "worker", "turn-1", "judge-handoff-1", "end-worker"),
      ...names("verify/verify#1", "judge-review", "judge-command:test", "judge-command:lint"),
      "publish",
    ]);
    expect(run.state).toMatchObject({ status: "passed", reason: null, head: `c ${execute}:commit` });
  });

  it("then tasks run in the order of their needs, each on top of the one before", () => {
    const run = playRun({ tasks: [task({ id: "b", dependsOn: ["a"] }), task({ id: "a" })] });
    expect(run.moves).toEqual([
      "dispatch plan/plan",
      "dispatch execute/a",
      "dispatch execute/b",
      "dispatch verify/verify",
    ]);
    expect(startOf(run, "execute/b#1")).toMatchObject({ base: "c execute/a#1:commit" });
    expect(startOf(run, "verify/verify#1")).toMatchObject({ base: "base", from: "c execute/b#1:commit" });
  });
});

describe("given an answer that is not the packet", () => {
  const bad = answered(1, "All done!");
  const refused = judged("handoff", "failed", "expected JSON");

  it("then the same worker is told why in one repair turn, and the run goes on", () => {
    const run = playRun({
      outcomes: { [`${execute}:turn-1`]: bad, [`${execute}:judge-handoff-1`]: refused },
    });
    const repair = run.effects.find(({ id }) => id === `${execute}:turn-2`) as EffectOf<"run-turn">;
    expect(repair).toMatchObject({ purpose: "repair", ordinal: 2, findings: [{ message: "expected JSON" }] });
    expect(ids(run, execute).filter((id) => id.endsWith(":worker"))).toHaveLength(1);
    expect(run.state.status).toBe("passed");
  });

  it("then a second bad answer ends the attempt, worker first, and nothing is committed", () => {
    const outcomes = {
      [`${execute}:turn-1`]: bad,
      [`${execute}:judge-handoff-1`]: refused,
      [`${execute}:turn-2`]: answered(2, "still no JSON"),
      [`${execute}:judge-handoff-2`]: refused,
    };
    const run = playRun({ outcomes });
    expect(ids(run, execute).slice(-2)).toEqual([`${execute}:judge-handoff-2`, `${execute}:end-worker`]);
    expect(run.moves).toEqual(retried);
    expect(startOf(run, "execute/work#2")).toMatchObject({
      from: "base",
      findings: [{ message: "expected JSON" }],
    });
  });

  it("then without repair turns in the limits the attempt ends at once", () => {
    const outcomes = { [`${execute}:turn-1`]: bad, [`${execute}:judge-handoff-1`]: refused };
    const run = playRun({ limits: { repairTurns: 0 }, outcomes });
    expect(ids(run, execute)).not.toContain(`${execute}:turn-2`);
  });

  it("then a readable packet that says 'blocked' is not repaired", () => {
    const blocked = { taskId: "work", status: "blocked", summary: "no", artifacts: [] };
    const outcomes = { [`${execute}:turn-1`]: answered(1, blocked), [`${execute}:judge-handoff-1`]: refused };
    const run = playRun({ outcomes });
    expect(ids(run, execute)).not.toContain(`${execute}:turn-2`);
    expect(attemptsOf(run)).toEqual(["failed", "passed"]);
  });
});

describe("given a gate that does not pass", () => {
  const candidate = `c ${execute}:commit`;

  it.each([
    ["a command fails", "command:test", "failed", candidate],
    ["a command errs", "command:test", "errored", candidate],
    ["a command is flaky", "command:test", "flaky", candidate],
    ["artifacts are refused", "artifacts", "failed", candidate],
    ["the scope is left", "scope", "failed", "base"],
    ["the scope cannot be judged", "scope", "errored", "base"],
    ["protection is broken", "protection", "failed", "base"],
  ] as const)(
    "when %s, then the next attempt starts from the right place and is told",
    (_what, name, verdict, from) => {
      const run = playRun({ outcomes: { [`${execute}:judge-${name}`]: judged(name, verdict) } });
      expect(run.moves).toEqual(retried);
      expect(startOf(run, "execute/work#2")).toMatchObject({
        base: "base",
        from,
        findings: [{ gate: name, message: `${name} says no` }],
      });
      expect(attemptsOf(run)).toEqual([verdict === "errored" ? "errored" : "failed", "passed"]);
      expect(ids(run, execute)).not.toContain(`${execute}:merge`);
    },
  );

  it("when the budget is spent, then no other attempt is made: it would be over it too", () => {
    const outcomes = { [`${execute}:judge-budget`]: judged("budget", "failed") };
    const run = playRun({ moreGates: { execute: [{ kind: "budget", turns: 1 }] }, outcomes });
    expect(run.moves.at(-1)).toBe("give-up execute/work");
    expect(run.state).toMatchObject({ status: "failed", reason: { code: "gates.refused" } });
    expect(ids(run, execute)).not.toContain(`${execute}:judge-command:test`);
  });

  it("when a command is measured against the base, then that comes last, and again on a merged tree", () => {
    const gates = [{ kind: "baseline", command: "lint", expect: "no-worse" }] as const;
    const merged = { type: "merge.made", payload: { commit: "m", tree: "another" } } as const;
    const run = playRun({ moreGates: { execute: gates }, outcomes: { [`${execute}:merge`]: merged } });
    expect(ids(run, execute).slice(-5)).toEqual(
      [
        "judge-command:test",
        "judge-baseline:lint",
        "merge",
        "judge-merged-command:test",
        "judge-merged-baseline:lint",
      ].map((name) => `${execute}:${name}`),
    );
  });

  it("when a quick gate refuses, then the other quick ones judge too and no command runs", () => {
    const outcomes = {
      [`${execute}:judge-scope`]: judged("scope", "failed"),
      [`${execute}:judge-artifacts`]: judged("artifacts", "errored"),
    };
    const run = playRun({ outcomes });
    const judgedOnes = ids(run, `${execute}:judge-`).map((id) => id.slice(`${execute}:judge-`.length));
    expect(judgedOnes).toEqual(["handoff-1", "scope", "protection", "diff", "artifacts"]);
    expect(startOf(run, "execute/work#2")).toMatchObject({
      findings: [{ gate: "scope" }, { gate: "artifacts" }],
    });
    expect(attemptsOf(run)[0]).toBe("errored");
  });

  it.each([
    ["failed", "failed", "gates.refused"],
    ["errored", "errored", "gates.refused"],
  ] as const)("when it has %s in every attempt, then the run ends %s", (verdict, status, code) => {
    const outcomes = Object.fromEntries(
      [1, 2, 3].map((n) => [`execute/work#${n}:judge-command:test`, judged("command:test", verdict)]),
    );
    const run = playRun({ outcomes });
    expect(run.moves.at(-1)).toBe("give-up execute/work");
    expect(run.state).toMatchObject({ status, published: false, head: "base", reason: { code } });
    expect(run.state.reason!.message).toContain("did not pass command:test in 3 attempts");
    expect(run.state.stages.map((stage) => stage.status)).toEqual(["passed", status, "pending"]);
  });

  it("when the plan is refused, then the planner tries again and is told", () => {
    const run = playRun({ outcomes: { "plan/plan#1:judge-plan": judged("plan", "failed") } });
    expect(run.moves.slice(0, 2)).toEqual(["dispatch plan/plan", "retry plan/plan"]);
    expect(startOf(run, "plan/plan#2")).toMatchObject({ findings: [{ gate: "plan" }] });
  });
});

describe("given a merge", () => {
  it("that conflicts, then nothing moves, and the next attempt is told the paths", () => {
    const conflict = { type: "merge.conflicted" as const, payload: { paths: ["src/a", "src/b"] } };
    const run = playRun({ outcomes: { [`${execute}:merge`]: conflict } });
    expect(run.moves).toEqual(retried);
    expect(startOf(run, "execute/work#2")).toMatchObject({
      base: "base",
      findings: [
        { gate: "merge", path: "src/a" },
        { gate: "merge", path: "src/b" },
      ],
    });
  });

  const other = { type: "merge.made" as const, payload: { commit: "m", tree: "another tree" } };

  it("that makes another tree, then the commands run again, on that commit", () => {
    const run = playRun({ outcomes: { [`${execute}:merge`]: other } });
    const again = run.effects.find(({ id }) => id === `${execute}:judge-merged-command:test`);
    expect(again).toMatchObject({ commit: "m" });
    expect(run.state).toMatchObject({ status: "passed", head: "m" });
  });

  it.each(["failed", "errored", "flaky"] as const)(
    "that makes another tree on which a command has %s, then it does not become the head",
    (verdict) => {
      const outcomes = {
        [`${execute}:merge`]: other,
        [`${execute}:judge-merged-command:test`]: judged("command:test", verdict),
      };
      const run = playRun({ limits: { attempts: 1 }, outcomes });
      expect(run.state).toMatchObject({
        status: verdict === "errored" ? "errored" : "failed",
        head: "base",
        published: false,
      });
    },
  );
});

describe("given several gates of one kind", () => {
  it("when they are of different names, then each judges, and the second's no counts", () => {
    const moreGates = {
      execute: [
        { kind: "artifact", path: "a.md" } as const,
        { kind: "artifact", path: "b.md" } as const,
        { kind: "baseline", command: "lint", expect: "no-worse" } as const,
      ],
    };
    const outcomes = { [`${execute}:judge-artifact:b.md`]: judged("artifact:b.md", "failed") };
    const run = playRun({ limits: { attempts: 1 }, moreGates, outcomes });
    const asked = ids(run, `${execute}:judge-`).map((id) => id.slice(`${execute}:judge-`.length));
    expect(asked.slice(1)).toEqual([
      "scope",
      "protection",
      "diff",
      "artifacts",
      "artifact:a.md",
      "artifact:b.md",
    ]);
    expect(run.state).toMatchObject({ status: "failed", published: false });
  });

  it("when the merge makes another tree, then what judges the tree judges again, and what judges the change does not", () => {
    const moreGates = { execute: [{ kind: "artifact", path: "a.md" } as const] };
    const merged = { type: "merge.made" as const, payload: { commit: "m", tree: "other" } };
    const run = playRun({ moreGates, outcomes: { [`${execute}:merge`]: merged } });
    expect(ids(run, `${execute}:judge-merged`)).toEqual([
      `${execute}:judge-merged-artifact:a.md`,
      `${execute}:judge-merged-command:test`,
    ]);
  });
});

describe("given a verifier that rejects", () => {
  const reject = (taskId: string | null) => ({
    verdict: "reject",
    summary: "no",
    findings: [{ taskId, path: null, message: "half done" }],
  });
  const refused = judged("review", "failed", "half done");
  const tasks = [task({ id: "a" }), task({ id: "b" })];

  it.each([
    ["one task", "b", ["execute/b"]],
    ["the whole", null, ["execute/a", "execute/b"]],
    ["a task that is none", "zzz", ["execute/a", "execute/b"]],
  ])("when it names %s, then these are reopened with its findings", (_what, taskId, keys) => {
    const run = playRun({
      tasks,
      outcomes: {
        "verify/verify#1:turn-1": answered(1, reject(taskId)),
        "verify/verify#1:judge-review": refused,
      },
    });
    const dispatched = keys.map((key) => `dispatch ${key}`);
    expect(run.moves.slice(4)).toEqual(["reopen verify/verify", ...dispatched, "dispatch verify/verify"]);
    expect(startOf(run, `${keys[0]!}#2`)).toMatchObject({ findings: [{ message: "half done" }] });
    expect(run.state).toMatchObject({ status: "passed", reopenings: 1 });
  });

  it("when a command fails on the merged tree although it accepts, then all tasks are reopened", () => {
    const outcomes = { "verify/verify#1:judge-command:lint": judged("command:lint", "failed") };
    const run = playRun({ outcomes });
    expect(run.moves).toContain("reopen verify/verify");
    expect(startOf(run, "execute/work#2")).toMatchObject({ findings: [{ gate: "command:lint" }] });
  });

  it("when an artifact of the merged tree is not what it should be, then all tasks are reopened", () => {
    const run = playRun({
      moreGates: { verify: [{ kind: "artifact", path: "report.md" }] },
      outcomes: { "verify/verify#1:judge-artifact:report.md": judged("artifact:report.md", "failed") },
    });
    expect(run.moves).toContain("reopen verify/verify");
    expect(startOf(run, "execute/work#2")).toMatchObject({ findings: [{ gate: "artifact:report.md" }] });
  });

  it("when no reopening is left, then the run ends failed", () => {
    const outcomes = Object.fromEntries(
      [1, 2].flatMap((n) => [
        [`verify/verify#${n}:turn-1`, answered(1, reject("work"))],
        [`verify/verify#${n}:judge-review`, refused],
      ]),
    );
    const run = playRun({ outcomes });
    expect(run.moves.at(-1)).toBe("give-up verify/verify");
    expect(run.state).toMatchObject({
      status: "failed",
      published: false,
      reason: { code: "verification.refused" },
    });
  });

  it("when a command cannot run, then the verifier's stage is tried again, and nothing is reopened", () => {
    const outcomes = { "verify/verify#1:judge-command:lint": judged("command:lint", "errored") };
    const run = playRun({ outcomes });
    expect(run.moves.slice(2)).toEqual(["dispatch verify/verify", "retry verify/verify"]);
  });
});

describe("given failures of the world", () => {
  it("when an attempt that was told of objections breaks down, then the next one is told of them too", () => {
    const run = playRun({
      outcomes: {
        [`${execute}:judge-command:test`]: judged("command:test", "failed"),
        "execute/work#2:turn-1": turnFailed(1, true),
      },
    });
    expect(attemptsOf(run)).toEqual(["failed", "errored", "passed"]);
    const [, second, third] = run.state.tasks.get("execute/work")!.attempts;
    expect(second!.findings).not.toEqual([]);
    expect(third!.findings).toEqual([...second!.findings, expect.anything()]);
  });

  it.each([
    ["a turn", `${execute}:turn-1`, turnFailed(1, true)],
    ["a commit", `${execute}:commit`, effectFailed(true)],
    ["a worker's start", `${execute}:worker`, effectFailed(true)],
    ["a merge", `${execute}:merge`, effectFailed(true)],
  ])("when %s fails for a time, then another attempt is made", (_what, id, outcome) => {
    const run = playRun({ outcomes: { [id]: outcome } });
    expect(run.moves).toEqual(retried);
    expect(attemptsOf(run)).toEqual(["errored", "passed"]);
  });

  it.each([
    ["a turn", `${execute}:turn-1`, turnFailed(1, false), "model.overloaded"],
    ["a gate's own effect", `${execute}:judge-scope`, effectFailed(false), "disk.full"],
  ])("when %s fails for good, then the run ends errored at once and says why", (_what, id, outcome, code) => {
    const run = playRun({ outcomes: { [id]: outcome } });
    expect(run.moves.at(-1)).toBe("give-up execute/work");
    expect(run.state).toMatchObject({ status: "errored", published: false, reason: { code } });
  });

  it.each(["environment", "publish"])("when %s fails, then the run has errored", (id) => {
    const run = playRun({ outcomes: { [id]: effectFailed(false) } });
    expect(run.state).toMatchObject({ status: "errored", published: false, reason: { code: "disk.full" } });
  });
});

describe("given a limit of turns", () => {
  it.each([
    [1, "execute/work"],
    [2, "verify/verify"],
  ])("when all %i are used, then the run pauses before anybody is sent for the next", (turns, key) => {
    const run = playRun({ limits: { turns } });
    expect(run.state).toMatchObject({
      status: "paused",
      turns,
      published: false,
      reason: { code: "limit.turns" },
    });
    expect(attemptsOf(run, key)).toEqual([]);
  });

  it("when the last one was just enough, then the run passes", () => {
    expect(playRun({ limits: { turns: 3 } }).state).toMatchObject({ status: "passed", turns: 3 });
  });
});
