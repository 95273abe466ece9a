import { PortcullisError } from "../core/errors.ts";
import { problemWithSchema } from "../core/json-schema.ts";
import { problemWithGlob } from "../core/path-match.ts";
import { pipelineSchema, type GateSpec, type Pipeline, type StageSpec } from "../core/pipeline.ts";

/**
 * Checks a pipeline as it is declared: its form, and that no stage lets work through without the gates that prove it.
 * Error: `pipeline.invalid`, naming the member.
 */
export function definePipeline(pipeline: Pipeline): Pipeline {
  const parsed = pipelineSchema.safeParse(pipeline);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where =
      issue === undefined || issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
    throw invalid(nameOf(pipeline), `${where}${issue?.message ?? "invalid"}`);
  }
  const [problem] = parsed.data.stages.flatMap(stageProblems);
  if (problem !== undefined) throw invalid(parsed.data.name, problem);
  return parsed.data;
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

/** Gates of a handoff, of a task's own limits, or of what a worker costs. */
export const needsWorker: ReadonlySet<GateSpec["kind"]> = new Set([
  "handoff",
  "plan",
  "review",
  "scope",
  "artifacts",
  "budget",
]);

function stageProblems(stage: StageSpec, index: number, stages: readonly StageSpec[]): string[] {
  const { name, kind, role, gates } = stage;
  const at = `stages.${index}`;
  const before = stages.slice(0, index);
  const problems: string[] = [];
  if (before.some((other) => other.name === name))
    problems.push(`${at}.name: two stages are called '${name}'`);
  if ((role === "executor") !== (kind === "fan-out")) {
    problems.push(`${at}.kind: an executor does the tasks of a plan: 'fan-out' is for it, and for it alone`);
  }
  if (kind === "fan-out") problems.push(...fanOutProblems(at, before));
  if ((kind === "check") !== (role === null)) {
    problems.push(`${at}.role: a stage has a role, and one of kind 'check' has none`);
  }
  for (const gate of role === null ? [] : needed[role]) {
    const accepted = proves[gate] ?? [gate];
    if (!gates.some((own) => accepted.includes(own.kind)))
      problems.push(`${at}.gates: the ${role} needs the gate '${gate}'`);
  }
  for (const [place, gate] of gates.entries()) {
    problems.push(...contentProblems(`${at}.gates.${place}`, gate));
    const itself = `${at}.gates.${place}: '${gate.kind}'`;
    const owner = owners[gate.kind] ?? role;
    if (role === null && needsWorker.has(gate.kind)) {
      problems.push(`${itself} judges what a worker gives, and a check has none`);
    }
    if (role !== null && owner !== role) problems.push(`${itself} judges the work of the ${owner}`);
    const twin = gates.slice(0, place).some((other) => sameName(other, gate));
    if (twin) problems.push(`${itself} stands there twice for the same command`);
    if (gate.kind === "commands" && gate.which === "task" && kind !== "fan-out") {
      problems.push(`${itself} of 'task' would run none here: only a task of a fan-out names commands`);
    }
  }
  return problems;
}

/** A verdict is found by its gate's name: two of one name would be one. */
function sameName(a: GateSpec, b: GateSpec): boolean {
  if (a.kind === "baseline" && b.kind === "baseline") return a.command === b.command;
  return a.kind === b.kind && a.kind === "budget";
}

/** Found now and not when the gate is asked, which would have errored. */
function contentProblems(at: string, gate: GateSpec): string[] {
  if (gate.kind === "diff") {
    return (gate.paths ?? []).flatMap((glob, index) => {
      const problem = problemWithGlob(glob);
      return problem === null ? [] : [`${at}.paths.${index}: ${problem}`];
    });
  }
  if (gate.kind !== "artifact" || gate.jsonSchema === undefined) return [];
  const problem = problemWithSchema(gate.jsonSchema);
  return problem === null ? [] : [`${at}.jsonSchema: ${problem}`];
}

function fanOutProblems(at: string, before: readonly StageSpec[]): string[] {
  const planned = before.some(
    ({ role, gates }) => role === "planner" && gates.some((gate) => gate.kind === "plan"),
  );
  const missing = `${at}: a fan-out needs a planner with the gate 'plan' before it`;
  const second = `${at}: there is one fan-out at most`;
  return [...(planned ? [] : [missing]), ...(before.some(({ kind }) => kind === "fan-out") ? [second] : [])];
}

function nameOf(pipeline: unknown): string {
  const named = typeof pipeline === "object" && pipeline !== null && "name" in pipeline;
  return named ? String(pipeline.name).slice(0, 80) : "";
}

function invalid(name: string, problem: string): PortcullisError {
  return new PortcullisError({
    code: "pipeline.invalid",
    kind: "usage",
    message: `pipeline '${name}': ${problem}`,
    remedy: "correct the pipeline's declaration",
  });
}
