import { describe, expect, it } from "vitest";
import { judged, playRun } from "../support/played-run.ts";

const execute = "execute/work#1";

describe("given gates of the pipeline's own, and a person", () => {
  const own = { kind: "custom", module: "./size.ts" } as const;
  const person = { kind: "human", question: "good?" } as const;

  it("when they judge, then after the commands, the person last", () => {
    const run = playRun({ moreGates: { execute: [person, own] } });
    const judgedOnes = run.effects.filter(({ id }) => id.startsWith(`${execute}:judge-`));
    expect(judgedOnes.map(({ id }) => id.replace(`${execute}:judge-`, "")).slice(-3)).toEqual([
      "command:test",
      "custom:size.ts",
      "human",
    ]);
    expect(run.state.status).toBe("passed");
  });

  it("when a command or a gate of one's own refuses, then nobody is asked", () => {
    for (const name of ["command:test", "custom:size.ts"]) {
      const outcomes = { [`${execute}:judge-${name}`]: judged(name, "failed") };
      const run = playRun({ moreGates: { execute: [person, own] }, outcomes });
      expect(run.effects.some(({ id }) => id === `${execute}:judge-human`)).toBe(false);
      expect(run.moves).toContain("retry execute/work");
    }
  });

  it.each(["custom:size.ts", "human"])(
    "when %s refuses the merged tree at the end, then tasks are reopened",
    (name) => {
      const outcomes = { [`verify/verify#1:judge-${name}`]: judged(name, "failed") };
      const run = playRun({ moreGates: { verify: [own, person] }, outcomes });
      expect(run.moves).toContain("reopen verify/verify");
      expect(run.state.status).toBe("passed");
    },
  );

  it.each(["custom:size.ts", "human"])("when %s refuses the plan, then it is planned again", (name) => {
    const outcomes = { [`plan/plan#1:judge-${name}`]: judged(name, "failed") };
    const run = playRun({ moreGates: { plan: [own, person] }, outcomes });
    expect(run.moves.slice(0, 2)).toEqual(["dispatch plan/plan", "retry plan/plan"]);
  });

  it("when nobody answers, then no other attempt is made, and the run has errored", () => {
    const outcomes = { [`${execute}:judge-human`]: judged("human", "errored") };
    const run = playRun({ moreGates: { execute: [person] }, outcomes });
    expect(run.moves.at(-1)).toBe("give-up execute/work");
    expect(run.state.tasks.get("execute/work")!.attempts.map(({ status }) => status)).toEqual(["errored"]);
    expect(run.state.status).toBe("errored");
  });

  it("when the merge makes another tree, then they judge it too", () => {
    const merged = { type: "merge.made", payload: { commit: "m", tree: "another" } } as const;
    const run = playRun({
      moreGates: { execute: [own, person] },
      outcomes: { [`${execute}:merge`]: merged },
    });
    const again = run.effects.filter(({ id }) => id.startsWith(`${execute}:judge-merged-`));
    expect(again.map(({ id }) => id.replace(`${execute}:judge-merged-`, ""))).toEqual([
      "command:test",
      "custom:size.ts",
      "human",
    ]);
  });
});
