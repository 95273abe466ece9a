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

/** A pipeline of plain data, as a file would have it. */
function withGate(gate: Readonly<Record<string, unknown>>): unknown {
  return { ...planExecuteVerify, stages: [{ ...plan, gates: [gate] }] };
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
    "execute by executor: handoff scope protection diff artifacts task",
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
  ["'stages.0.gates.0.maxFiles': ", withGate({ kind: "diff", maxFiles: -1 })],
  ["'stages.0.gates.0.binary': ", withGate({ kind: "diff", binary: "no" })],
  ["'stages.0.gates.0.paths.0': ", withGate({ kind: "diff", paths: ["../x"] })],
  ["unknown key 'maxfiles'", withGate({ kind: "diff", maxfiles: 1 })],
  ["'stages.0.gates.0.path': ", withGate({ kind: "artifact", path: "/etc/passwd" })],
  ["'stages.0.gates.0.path': ", withGate({ kind: "artifact", path: "a/../../b" })],
  ["a JSON Schema is for", withGate({ kind: "artifact", path: "a", type: "text", jsonSchema: {} })],
  ["headings are for", withGate({ kind: "artifact", path: "a", type: "json", headings: ["A"] })],
  ["not both", withGate({ kind: "artifact", path: "a", jsonSchema: {}, headings: ["A"] })],
  ["not more than maxBytes", withGate({ kind: "artifact", path: "a", minBytes: 3, maxBytes: 2 })],
  [
    "at most 65536 characters",
    withGate({ kind: "artifact", path: "a", jsonSchema: { $comment: "x".repeat(65536) } }),
  ],
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
    "'stages.1.gates.7': the gate 'baseline:test' is there twice",
    withStages(plan, {
      ...execute,
      gates: [
        ...gatesOf(without(execute, "handoff")),
        { kind: "baseline", command: "test", expect: "no-worse" },
        { kind: "budget", turns: 1 },
        { kind: "baseline", command: "test", expect: "fails-before" },
      ],
    }),
  ],
  [
    "'stages.0.gates.1': 'diff' judges the work of the executor",
    withStages({ ...verify, gates: [{ kind: "review" }, { kind: "diff" }] }),
  ],
  [
    "'stages.1.gates.6': the gate 'diff' is there twice",
    withStages(plan, { ...execute, gates: [...gatesOf(execute), { kind: "diff", maxFiles: 1 }] }),
  ],
  [
    "'stages.0.gates.2': the gate 'commands' is there twice",
    withStages({
      ...verify,
      gates: [
        { kind: "review" },
        { kind: "commands", which: "all", reruns: 3 },
        { kind: "commands", which: "all", noFewerTests: true },
      ],
    }),
  ],
  [
    "'stages.0.gates.2': the gate 'artifact:a.md' is there twice",
    withStages({
      ...verify,
      gates: [
        { kind: "review" },
        { kind: "artifact", path: "a.md" },
        { kind: "artifact", path: "a.md", contains: ["x"] },
      ],
    }),
  ],
  ["'stages.0.role': a stage has a role", withStages({ ...verify, role: null })],
  [
    "'stages.0.role': a stage has a role",
    withStages({ ...verify, kind: "check", gates: [{ kind: "review" }] }),
  ],
  [
    "'stages.0.gates.0': 'budget' judges what a worker gives, and a check has none",
    withStages({ name: "check", kind: "check", role: null, gates: [{ kind: "budget", turns: 1 }] }),
  ],
  [
    "'stages.0.gates': the verifier needs the gate 'review' without a rubric: its own verdict",
    withStages({ ...verify, gates: [{ kind: "review", rubric: "Is it good?" }] }),
  ],
  [
    "'stages.0.gates.1': 'review' judges the work of the verifier; with a rubric, a second agent reviews any stage",
    withStages({ ...plan, gates: [{ kind: "plan" }, { kind: "review" }] }),
  ],
  [
    "'stages.0.gates.1': the gate 'review:rubric' is there twice",
    withStages({
      ...plan,
      gates: [
        { kind: "review", rubric: "Is it short?" },
        { kind: "review", rubric: "Is it good?", name: "rubric" },
      ],
    }),
  ],
  [
    "'stages.0.gates.0': a review with a rubric starts an agent, and a check has none",
    withStages({
      name: "check",
      kind: "check",
      role: null,
      gates: [{ kind: "review", rubric: "Is it good?" }],
    }),
  ],
  [
    "'stages.0.gates.1.jsonSchema': ",
    withStages({
      ...verify,
      gates: [{ kind: "review" }, { kind: "artifact", path: "a", jsonSchema: { requried: ["x"] } }],
    }),
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

test.each<[string, object]>([
  ["a budget names tokens, turns or minutes", { kind: "budget" }],
  ["stages.0.gates.0.tokens", { kind: "budget", tokens: 0 }],
  ["stages.0.gates.0.rubric", { kind: "review", rubric: " " }],
  ["stages.0.gates.0.rubric", { kind: "review", rubric: "x".repeat(8001) }],
  ["stages.0.gates.0.name", { kind: "review", rubric: "Is it good?", name: "Is it good?" }],
  ["a name is for a review with a rubric", { kind: "review", name: "short" }],
  ["stages.0.gates.0.reruns", { kind: "commands", which: "all", reruns: 11 }],
  ["stages.0.gates.0.expect", { kind: "baseline", command: "test", expect: "better" }],
  ["stages.0.gates.0.command", { kind: "baseline", command: "npm test", expect: "no-worse" }],
])(
  "given a gate that is wrong (%s), when it is defined, then the error names the member",
  (problem, gate) => {
    expect(problemOf({ ...planExecuteVerify, stages: [{ ...plan, gates: [gate] }] })).toContain(problem);
  },
);

test("given an executor whose commands are measured against the base, when it is defined, then that proves as much", () => {
  const gates = [
    ...gatesOf(without(execute, "commands")),
    { kind: "baseline", command: "test", expect: "no-worse" },
  ];
  expect(problemOf(withStages(plan, { ...execute, gates } as StageSpec))).toBe("none");
});

test("given reviews with rubrics beside a stage's own gates, when it is defined, then several stand in any stage with workers", () => {
  const reviews = [
    { kind: "review", rubric: "Is it short?" },
    { kind: "review", rubric: "Is it good?", name: "good" },
  ] as const;
  const reviewed = [plan, execute, verify].map((stage) => ({
    ...stage,
    gates: [...gatesOf(stage), ...reviews],
  }));
  expect(problemOf(withStages(...reviewed))).toBe("none");
});

test("given a part of the built-in one, when it is defined, then it is taken", () => {
  expect(problemOf(withStages(plan))).toBe("none");
  expect(problemOf(withStages(plan, execute))).toBe("none");
  expect(problemOf(withStages(verify))).toBe("none");
});
