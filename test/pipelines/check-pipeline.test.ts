import { expect, test } from "vitest";
import { definePipeline } from "../../pipelines/define-pipeline.ts";
import { checkPipeline } from "../../pipelines/check-pipeline.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

const plan = { name: "plan", kind: "agent", role: "planner" } as const;
const verify = { name: "verify", kind: "agent", role: "verifier" } as const;

test("given the built-in pipeline, when a check is made of it, then the gates that need no worker judge, and the others are told", () => {
  const { pipeline, leftOut } = checkPipeline(planExecuteVerify);
  expect(pipeline).toMatchObject({
    name: "check-plan-execute-verify",
    stages: [
      {
        name: "check",
        kind: "check",
        role: null,
        gates: [
          { kind: "protection" },
          { kind: "diff" },
          { kind: "commands", which: "all", reruns: 0, noFewerTests: true },
        ],
      },
    ],
  });
  expect(leftOut).toEqual(["handoff", "plan", "scope", "artifacts", "review"]);
});

test("given stages with custom gates, gates of one name and none, when a check is made, then each gate judges, and the source stays", () => {
  const own = { kind: "custom", module: "./own.ts" } as const;
  const first = { kind: "human", question: "Is the plan good?" } as const;
  const second = { kind: "human", question: "Is it done?" } as const;
  const source = { file: "own.yaml", commit: null, digest: "d", files: [] };
  const declared = definePipeline({
    name: "own",
    stages: [
      { ...plan, gates: [own, first] },
      { ...plan, name: "again", gates: { none: "it is looked at by hand" } },
      { ...verify, gates: [{ kind: "review" }, own, second, { kind: "commands", which: "all" }] },
    ],
  });
  const { pipeline } = checkPipeline({ ...declared, source });
  expect(pipeline.source).toEqual(source);
  expect(pipeline.stages).toMatchObject([
    { name: "check", kind: "check", gates: [own, first, { kind: "commands" }] },
    { name: "check-2", kind: "check", gates: [second] },
  ]);
});

test("given reviews with a rubric, when a check is made, then they are left out by name: nobody is there to review", () => {
  const rubric = { kind: "review", rubric: "Is it short?" } as const;
  const declared = definePipeline({
    name: "own",
    stages: [
      {
        ...verify,
        gates: [{ kind: "review" }, rubric, { ...rubric, name: "again" }, { kind: "commands", which: "all" }],
      },
    ],
  });
  const { pipeline, leftOut } = checkPipeline(declared);
  expect(pipeline.stages).toMatchObject([{ gates: [{ kind: "commands" }] }]);
  expect(leftOut).toEqual(["review", "review:rubric", "review:again"]);
});

test("given a pipeline of which no gate can judge without a worker, when a check is made, then it is refused", () => {
  const pipeline = definePipeline({ name: "own", stages: [{ ...plan, gates: [{ kind: "plan" }] }] });
  expect(() => checkPipeline(pipeline)).toThrow("has no gate that judges a commit without a worker");
});
