import { expect, test } from "vitest";
import { PortcullisError } from "../../core/errors.ts";
import { gatesOf, type Pipeline, type StageSpec } from "../../core/pipeline.ts";
import { definePipeline } from "../../pipelines/define-pipeline.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";
import { pipelineNamed } from "../../pipelines/registry.ts";

const [plan, execute, verify] = planExecuteVerify.stages as [StageSpec, StageSpec, StageSpec];

function problemOf(pipeline: unknown): string {
  try {
    definePipeline(pipeline as Pipeline);
    return "none";
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    expect(error).toMatchObject({ code: "pipeline.invalid", kind: "usage", exitCode: 2 });
    return error.message;
  }
}

function withStages(...stages: StageSpec[]): Pipeline {
  return { ...planExecuteVerify, name: "own", stages };
}

function without(stage: StageSpec, kind: string): StageSpec {
  return { ...stage, gates: gatesOf(stage).filter((gate) => gate.kind !== kind) };
}

test("given the built-in pipeline, when it is looked up, then it is planned, done and verified with all its gates", () => {
  expect(pipelineNamed("plan-execute-verify")).toBe(planExecuteVerify);
  expect(problemOf(planExecuteVerify)).toBe("none");
  const gates = (stage: StageSpec): string =>
    `${stage.name} by ${stage.role}: ${gatesOf(stage)
      .map((gate) => (gate.kind === "commands" ? gate.which : gate.kind))
      .join(" ")}`;
  expect(planExecuteVerify.stages.map(gates)).toEqual([
    "plan by planner: handoff plan",
    "execute by executor: handoff scope protection artifacts task",
    "verify by verifier: handoff review all",
  ]);
  expect(planExecuteVerify.maxParallel).toBe(1);
});

test("given a name that no pipeline has, when it is looked up, then the error names those that exist", () => {
  for (const name of ["nightly", "", "__proto__", "toString"]) {
    expect(() => pipelineNamed(name)).toThrow(
      expect.objectContaining({
        code: "pipeline.unknown",
        kind: "usage",
        message: `unknown pipeline '${name}'; there is 'plan-execute-verify'`,
      }),
    );
  }
});

test.each<[string, unknown]>([
  ["'name': ", { ...planExecuteVerify, name: "Not A Name" }],
  ["'stages': ", { ...planExecuteVerify, stages: [] }],
  ["'stages.0.role': ", { ...planExecuteVerify, stages: [{ ...plan, role: "boss" }] }],
  ["'stages.0.gates': ", { ...planExecuteVerify, stages: [{ ...plan, gates: [] }] }],
  ["'stages.0.gates.0.kind': ", { ...planExecuteVerify, stages: [{ ...plan, gates: [{ kind: "none" }] }] }],
  ["'limits.attempts': ", { ...planExecuteVerify, limits: { ...planExecuteVerify.limits, attempts: 0 } }],
  ["'limits.turns': ", { ...planExecuteVerify, limits: { ...planExecuteVerify.limits, turns: Infinity } }],
  [
    "'limits.turnTimeoutMs': ",
    { ...planExecuteVerify, limits: { ...planExecuteVerify.limits, turnTimeoutMs: 0.5 } },
  ],
  ["'maxParallel': ", { ...planExecuteVerify, maxParallel: 4 }],
  ["unknown key 'sandbox'", { ...planExecuteVerify, sandbox: "danger-full-access" }],
  ["the file: expected a mapping", null],
  ["the file: expected a mapping", "plan-execute-verify"],
])(
  "given a pipeline that is wrong at '%s', when it is defined, then the error names the member",
  (member, pipeline) => {
    expect(problemOf(pipeline)).toContain(member);
  },
);

test.each<[string, Pipeline]>([
  ["'stages.1.gates': the executor needs the gate 'scope'", withStages(plan, without(execute, "scope"))],
  [
    "'stages.1.gates': the executor needs the gate 'protection'",
    withStages(plan, without(execute, "protection")),
  ],
  [
    "'stages.1.gates': the executor needs the gate 'commands'",
    withStages(plan, without(execute, "commands")),
  ],
  ["'stages.0.gates': the verifier needs the gate 'review'", withStages(without(verify, "review"))],
  ["'stages.0': a fan-out needs a planner", withStages(execute)],
  ["'stages.1': a fan-out needs a planner", withStages(without(plan, "plan"), execute)],
  ["'stages.2': there is one fan-out at most", withStages(plan, execute, { ...execute, name: "again" })],
  ["'stages.1.name': two stages are called 'plan'", withStages(plan, { ...verify, name: "plan" })],
  ["'stages.1.kind': an executor", withStages(plan, { ...execute, kind: "agent" })],
  ["'stages.0.kind': an executor", withStages({ ...plan, kind: "fan-out" })],
  [
    "'stages.0.gates.1': 'plan' judges",
    withStages({ ...verify, gates: [{ kind: "review" }, { kind: "plan" }] }),
  ],
  [
    "'stages.0.gates.1': 'commands' of 'task' would run none here",
    withStages({ ...verify, gates: [{ kind: "review" }, { kind: "commands", which: "task" }] }),
  ],
])(
  "given a pipeline that would let work through unproven (%s), when it is defined, then it is refused",
  (...given) => {
    const [problem, pipeline] = given;
    expect(problemOf(pipeline)).toContain(`pipeline 'own': ${problem}`);
  },
);

test("given a part of the built-in one, when it is defined, then it is taken", () => {
  expect(problemOf(withStages(plan))).toBe("none");
  expect(problemOf(withStages(plan, execute))).toBe("none");
  expect(problemOf(withStages(verify))).toBe("none");
});
