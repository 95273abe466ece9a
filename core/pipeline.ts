import { z } from "zod";
import { customGateSchema } from "./gates/custom.ts";
import { humanGateSchema } from "./gates/human.ts";
import { baselineGateSchema } from "./gates/baseline.ts";
import { budgetGateSchema } from "./gates/budget.ts";
import { commandsGateSchema } from "./gates/commands.ts";
import { artifactGateSchema } from "./gates/artifact.ts";
import { diffGateSchema } from "./gates/diff.ts";
import { reviewGateSchema } from "./gates/review.ts";

/** Which check a stage demands. */
export const gateSpecSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("handoff") }),
  z.strictObject({ kind: z.literal("plan") }),
  z.strictObject({ kind: z.literal("scope") }),
  z.strictObject({ kind: z.literal("protection") }),
  z.strictObject({ kind: z.literal("artifacts") }),
  reviewGateSchema,
  commandsGateSchema,
  baselineGateSchema,
  budgetGateSchema,
  diffGateSchema,
  artifactGateSchema,
  customGateSchema,
  humanGateSchema,
]);
export type GateSpec = z.infer<typeof gateSpecSchema>;

/** Said in place of gates, with the reason: whatever the stage makes is let through. */
const noGatesSchema = z.strictObject({ none: z.string().trim().min(1).max(500) });

/**
 * *agent*: one worker, one task. *fan-out*: one worker for each task of the plan. *check*: no worker (and no role); the gates judge a
 * commit that is there already.
 */
export const stageSpecSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, "a stage's name is 1 to 40 of a-z, 0-9 and '-', starting with a letter"),
  kind: z.enum(["agent", "fan-out", "check"]),
  role: z.enum(["planner", "executor", "verifier"]).nullable(),
  gates: z.union([
    z
      .array(gateSpecSchema)
      .min(1, "a stage without a gate lets everything through: name its gates, or write {none: 'the reason'}")
      .max(50),
    noGatesSchema,
  ]),
});
export type StageSpec = z.infer<typeof stageSpecSchema>;

/** The gates of a stage; none where it says so, with a reason. */
export function gatesOf({ gates }: Pick<StageSpec, "gates">): readonly GateSpec[] {
  return "none" in gates ? [] : gates;
}

const minute = 60_000;
const timeoutMs = z
  .number()
  .int()
  .min(1000)
  .max(24 * 60 * minute);

export const pipelineLimitsSchema = z.strictObject({
  /** Tries at one task, the first included. */
  attempts: z.number().int().min(1).max(20).default(3),
  /** Turns that may be spent on mending an answer that is not the schema, in one attempt. */
  repairTurns: z.number().int().min(0).max(5).default(1),
  /** How often a verifier may reopen tasks. */
  reopenings: z.number().int().min(0).max(10).default(1),
  /** Turns of all workers and reviewers together. */
  turns: z.number().int().min(1).max(10_000).default(200),
  turnTimeoutMs: timeoutMs.default(30 * minute),
  commandTimeoutMs: timeoutMs.default(15 * minute),
  setupTimeoutMs: timeoutMs.default(15 * minute),
});
export type PipelineLimits = z.infer<typeof pipelineLimitsSchema>;

/** Stages, their order, gates and limits, as people write them; limits may be left out. */
export const pipelineSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,79}$/,
      "a pipeline's name is 1 to 80 of a-z, 0-9 and '-', starting with a letter",
    ),
  stages: z.array(stageSpecSchema).min(1).max(20),
  limits: pipelineLimitsSchema.prefault({}),
  maxParallel: z.literal(1).default(1),
});
export type Pipeline = z.output<typeof pipelineSchema>;
/** A pipeline as it is declared: what has a default may be left out. */
export type PipelineDefinition = z.input<typeof pipelineSchema>;

/** Names that no pipeline of a repository may take (`pipelines/registry.ts`). */
export const builtInNames: readonly string[] = ["plan-execute-verify"];

/** The one that runs where none is named. */
export const defaultPipeline = "plan-execute-verify";

/** Where a pipeline was read from, with a digest of all that it is made of. */
export const pipelineSourceSchema = z.strictObject({
  /** As it was named: a path, or `portcullis.yaml`. */
  file: z.string(),
  /** The commit that it was read at, or null for a file of the disk. */
  commit: z.string().nullable(),
  /** SHA-256 over the files' digests, and the versions of Node and Portcullis where there is code. */
  digest: z.string(),
  /** Every file that was read or imported, relative to the pipeline's root, with its SHA-256. */
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
});
export type PipelineSource = z.infer<typeof pipelineSourceSchema>;

/** The snapshot in `run.started`. Without a source: built in, or given as a value. */
export const recordedPipelineSchema = pipelineSchema.extend({ source: pipelineSourceSchema.optional() });
export type RecordedPipeline = z.output<typeof recordedPipelineSchema>;
