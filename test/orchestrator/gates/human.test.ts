import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { HumanAnswer, HumanDesk, HumanQuestion } from "../../../core/ports/human-desk.ts";
import { git } from "../../support/git-repository.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const gate = { kind: "human", question: "Is the wording right?" } as const;

interface Desk extends HumanDesk {
  asked: HumanQuestion[];
  /** What a person finds where they are told to look. */
  seen: string[];
}

function deskOf(answer: HumanAnswer): Desk {
  const asked: HumanQuestion[] = [];
  const seen: string[] = [];
  return {
    asked,
    seen,
    async ask(question) {
      asked.push(question);
      seen.push(git(question.directory, "diff", question.base, "HEAD"));
      return answer;
    },
  };
}

async function ask(answer: HumanAnswer) {
  const human = deskOf(answer);
  const bench = await gateBench({ world: { human } });
  const commit = await commitOn(bench.world, bench.base, { "src/a.txt": "b\n" });
  const judgement = await bench.judge(gate, { commit });
  const kept = await bench.world.artifacts.get(judgement.evidence ?? "");
  const evidence = JSON.parse(Buffer.from(kept ?? "null").toString("utf8")) as unknown;
  return { judgement, evidence, commit, question: human.asked[0], seen: human.seen[0] };
}

describe("the human gate", () => {
  it("given a yes, then it passes, and who said it, to what and when is the evidence", async () => {
    const { judgement, evidence, commit, question, seen } = await ask({
      answer: "yes",
      by: "ada",
      comment: null,
    });
    expect(judgement).toMatchObject({ name: "human", verdict: "passed", findings: [], commit });
    expect(question).toMatchObject({
      question: gate.question,
      commit,
      attemptId: "execute/work#1",
      changes: [{ path: "src/a.txt", kind: "modified" }],
    });
    expect(seen).toContain("-a\n+b");
    expect(existsSync(question!.directory)).toBe(false);
    expect(evidence).toEqual({
      question: gate.question,
      answer: "yes",
      by: "ada",
      comment: null,
      answeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      commit,
      tree: judgement.tree,
    });
  });

  it("given a no, then it fails, and the worker is told why", async () => {
    const { judgement, evidence } = await ask({ answer: "no", by: "ada", comment: "too curt" });
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement)).toEqual(["ada said no to 'Is the wording right?': too curt"]);
    expect(evidence).toMatchObject({ answer: "no", by: "ada", comment: "too curt" });
  });

  it("given nobody, then it has errored and says so", async () => {
    const bench = await gateBench();
    const judgement = await bench.judge(gate);
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)[0]).toContain("was not answered: nobody is there");
  });

  it("given a desk that breaks, then it has errored", async () => {
    const human: HumanDesk = { ask: () => Promise.reject(new Error("no paper")) };
    const judgement = await (await gateBench({ world: { human } })).judge(gate);
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)).toEqual(["the gate could not judge: no paper"]);
  });
});
