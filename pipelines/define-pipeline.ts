import { explainIssue } from "../core/config/explain-issue.ts";
import { PortcullisError } from "../core/errors.ts";
import {
  gateName,
  gatesOf,
  pipelineSchema,
  type GateSpec,
  type Pipeline,
  type PipelineDefinition,
  type StageSpec,
} from "../core/pipeline.ts";

/** What is wrong with a pipeline, and where in it. */
export interface PipelineProblem {
  path: readonly PropertyKey[];
  at: "key" | "value";
  problem: string;
  remedy: string;
}

/**
 * Checks a pipeline as it is declared: its form, and that no stage lets work through without the gates that prove it.
 * What has a default is filled in. Error: `pipeline.invalid`, naming the member.
 */
export function definePipeline(pipeline: PipelineDefinition): Pipeline {
  const checked = checkPipeline(pipeline);
  if ("pipeline" in checked) return checked.pipeline;
  const { problem, remedy } = checked.problem;
  throw new PortcullisError({
    code: "pipeline.invalid",
    kind: "usage",
    message: `pipeline '${nameOf(pipeline)}': ${problem}`,
    remedy,
  });
}

const written = { "": "docs/pipelines.md has the whole form" };

/** The pipeline with its defaults, or the first thing that is wrong with it. */
export function checkPipeline(value: unknown): { pipeline: Pipeline } | { problem: PipelineProblem } {
  const parsed = pipelineSchema.safeParse(value);
  if (!parsed.success) {
    return { problem: explainIssue(parsed.error.issues, { schema: pipelineSchema, value, written }) };
  }
  const [problem] = parsed.data.stages.flatMap(stageProblems);
  return problem === undefined ? { pipeline: parsed.data } : { problem };
}

/** What each role's work is worth nothing without. */
const needed: Readonly<Record<StageSpec["role"], readonly GateSpec["kind"][]>> = {
  planner: [],
  executor: ["scope", "protection", "commands"],
  verifier: ["review"],
};

/** Gates that judge what only one role makes. */
const owners: Partial<Record<GateSpec["kind"], StageSpec["role"]>> = {
  plan: "planner",
  review: "verifier",
  scope: "executor",
  protection: "executor",
  artifacts: "executor",
};

function stageProblems(stage: StageSpec, index: number, stages: readonly StageSpec[]): PipelineProblem[] {
  const { name, kind, role } = stage;
  const before = stages.slice(0, index);
  const problems: PipelineProblem[] = [];
  const object = (member: readonly PropertyKey[], what: string): void => {
    problems.push(problemAt(["stages", index, ...member], what));
  };
  if (before.some((other) => other.name === name)) object(["name"], `two stages are called '${name}'`);
  if ((role === "executor") !== (kind === "fan-out")) {
    object(["kind"], "an executor does the tasks of a plan: 'fan-out' is for it, and for it alone");
  }
  if (kind === "fan-out") for (const what of fanOutProblems(before)) object([], what);
  for (const gate of needed[role]) {
    if (!gatesOf(stage).some((own) => own.kind === gate)) {
      object(["gates"], `the ${role} needs the gate '${gate}'`);
    }
  }
  for (const [place, what] of gateProblems(stage)) object(["gates", place], what);
  return problems;
}

function gateProblems(stage: StageSpec): [place: number, what: string][] {
  const gates = gatesOf(stage);
  return gates.flatMap((gate, place): [number, string][] => {
    const owner = owners[gate.kind] ?? stage.role;
    const name = gateName(gate);
    const problems: [number, string][] = [];
    if (owner !== stage.role) problems.push([place, `'${gate.kind}' judges the work of the ${owner}`]);
    if (gate.kind === "commands" && gate.which === "task" && stage.kind !== "fan-out") {
      const what = "'commands' of 'task' would run none here: only a task of a fan-out names commands";
      problems.push([place, what]);
    }
    // The second would stand as judged by the first.
    const twice = gate.kind !== "commands" && gates.slice(0, place).some((other) => gateName(other) === name);
    if (twice) problems.push([place, `the gate '${name}' is there twice`]);
    return problems;
  });
}

function problemAt(path: readonly PropertyKey[], what: string): PipelineProblem {
  const problem = `'${path.map(String).join(".")}': ${what}`;
  return { path, at: "value", problem, remedy: "docs/pipelines.md says which stage needs which gates" };
}

function fanOutProblems(before: readonly StageSpec[]): string[] {
  const planned = before.some(
    (stage) => stage.role === "planner" && gatesOf(stage).some((gate) => gate.kind === "plan"),
  );
  const missing = "a fan-out needs a planner with the gate 'plan' before it";
  const second = "there is one fan-out at most";
  return [...(planned ? [] : [missing]), ...(before.some(({ kind }) => kind === "fan-out") ? [second] : [])];
}

function nameOf(pipeline: unknown): string {
  const named = typeof pipeline === "object" && pipeline !== null && "name" in pipeline;
  return named ? String(pipeline.name).slice(0, 80) : "";
}
