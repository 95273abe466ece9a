import { explainIssue } from "../core/config/explain-issue.ts";
import { PortcullisError } from "../core/errors.ts";
import { gateName } from "../core/gates/gate-name.ts";
import { isRubricReview } from "../core/gates/review.ts";
import { problemWithSchema } from "../core/json-schema.ts";
import { problemWithGlob } from "../core/path-match.ts";
import {
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
  const checked = parsePipeline(pipeline);
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
export function parsePipeline(value: unknown): { pipeline: Pipeline } | { problem: PipelineProblem } {
  const parsed = pipelineSchema.safeParse(value);
  if (!parsed.success) {
    return { problem: explainIssue(parsed.error.issues, { schema: pipelineSchema, value, written }) };
  }
  const [problem] = parsed.data.stages.flatMap(stageProblems);
  return problem === undefined ? { pipeline: parsed.data } : { problem };
}

/** What each role's work is worth nothing without. */
type RoleName = NonNullable<StageSpec["role"]>;

const needed: Readonly<Record<RoleName, readonly GateSpec["kind"][]>> = {
  planner: [],
  executor: ["scope", "protection", "commands"],
  verifier: ["review"],
};

/** A gate that runs a command proves as much as another. */
const proves: Partial<Record<GateSpec["kind"], readonly GateSpec["kind"][]>> = {
  commands: ["commands", "baseline"],
};

/** Gates that judge what only one role makes. */
const owners: Partial<Record<GateSpec["kind"], RoleName>> = {
  plan: "planner",
  review: "verifier",
  scope: "executor",
  protection: "executor",
  artifacts: "executor",
  diff: "executor",
};

/** Gates of a handoff, of a task's own limits, of what a worker costs, or that ask an agent of their own. */
export const needsWorker: ReadonlySet<GateSpec["kind"]> = new Set([
  "handoff",
  "plan",
  "review",
  "scope",
  "artifacts",
  "budget",
]);

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
  if ((kind === "check") !== (role === null)) {
    object(["role"], "a stage has a role, and one of kind 'check' has none (null)");
  }
  for (const gate of role === null ? [] : needed[role]) {
    const accepted = proves[gate] ?? [gate];
    if (!gatesOf(stage).some((own) => accepted.includes(own.kind) && !isRubricReview(own))) {
      const own = gate === "review" ? " without a rubric: its own verdict" : "";
      object(["gates"], `the ${role} needs the gate '${gate}'${own}`);
    }
  }
  for (const [place, what] of gateProblems(stage)) object(["gates", ...place], what);
  return problems;
}

function gateProblems(stage: StageSpec): [place: readonly PropertyKey[], what: string][] {
  const gates = gatesOf(stage);
  return gates.flatMap((gate, place) => {
    const own = contentProblems(gate).map(([member, what]): [PropertyKey[], string] => [
      [place, ...member],
      what,
    ]);
    const before = gates.slice(0, place);
    return [
      ...own,
      ...misplaced(gate, stage, before).map((what): [PropertyKey[], string] => [[place], what]),
    ];
  });
}

function misplaced(gate: GateSpec, { role, kind }: StageSpec, before: readonly GateSpec[]): string[] {
  const reviews = isRubricReview(gate);
  const owner = (reviews ? null : owners[gate.kind]) ?? role;
  const problems: string[] = [];
  if (role === null && reviews) problems.push("a review with a rubric starts an agent, and a check has none");
  else if (role === null && needsWorker.has(gate.kind)) {
    problems.push(`'${gate.kind}' judges what a worker gives, and a check has none`);
  }
  if (role !== null && owner !== role) {
    const meant = gate.kind === "review" ? "; with a rubric, a second agent reviews any stage" : "";
    problems.push(`'${gate.kind}' judges the work of the ${owner}${meant}`);
  }
  if (gate.kind === "commands" && gate.which === "task" && kind !== "fan-out") {
    problems.push("'commands' of 'task' would run none here: only a task of a fan-out names commands");
  }
  // The second would stand as judged by the first.
  const name = gateName(gate, null);
  const twice = before.some((other) => gateName(other, null) === name);
  if (twice) problems.push(`the gate '${name}' is there twice`);
  return problems;
}

/** Found now and not when the gate is asked, which would have errored. */
function contentProblems(gate: GateSpec): [member: readonly PropertyKey[], what: string][] {
  if (gate.kind === "diff") {
    return (gate.paths ?? []).flatMap((glob, index): [PropertyKey[], string][] => {
      const problem = problemWithGlob(glob);
      return problem === null ? [] : [[["paths", index], problem]];
    });
  }
  if (gate.kind !== "artifact" || gate.jsonSchema === undefined) return [];
  const problem = problemWithSchema(gate.jsonSchema);
  return problem === null ? [] : [[["jsonSchema"], problem]];
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
