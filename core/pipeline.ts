import { z } from "zod";
import { baselineGateSchema } from "./gates/baseline.ts";
import { budgetGateSchema } from "./gates/budget.ts";
import { commandsGateSchema } from "./gates/commands.ts";
import { artifactGateSchema } from "./gates/artifact.ts";
import { diffGateSchema } from "./gates/diff.ts";

/** Which check a stage demands. */
export const gateSpecSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("handoff") }),
  z.strictObject({ kind: z.literal("plan") }),
  z.strictObject({ kind: z.literal("scope") }),
  z.strictObject({ kind: z.literal("protection") }),
  z.strictObject({ kind: z.literal("artifacts") }),
  z.strictObject({ kind: z.literal("review") }),
  commandsGateSchema,
  baselineGateSchema,
  budgetGateSchema,
  diffGateSchema,
  artifactGateSchema,
]);
export type GateSpec = z.infer<typeof gateSpecSchema>;

/**
 * *agent*: one worker, one task. *fan-out*: one worker for each task of the plan. *check*: no worker (and no role); the gates judge a
 * commit that is there already.
 */
export const stageSpecSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  kind: z.enum(["agent", "fan-out", "check"]),
  role: z.enum(["planner", "executor", "verifier"]).nullable(),
  gates: z.array(gateSpecSchema).min(1),
});
export type StageSpec = z.infer<typeof stageSpecSchema>;

export const pipelineLimitsSchema = z.strictObject({
  /** Tries at one task, the first included. */
  attempts: z.number().int().min(1).max(20),
  /** Turns that may be spent on mending an answer that is not the schema, in one attempt. */
  repairTurns: z.number().int().min(0).max(5),
  /** How often a verifier may reopen tasks. */
  reopenings: z.number().int().min(0).max(10),
  /** Turns of all workers together. */
  turns: z.number().int().min(1).max(10_000),
  turnTimeoutMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * 3600_000),
  commandTimeoutMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * 3600_000),
  setupTimeoutMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * 3600_000),
});
export type PipelineLimits = z.infer<typeof pipelineLimitsSchema>;

/** Stages, their order, gates and limits; the snapshot of it is in `run.started`. */
export const pipelineSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,79}$/),
  stages: z.array(stageSpecSchema).min(1).max(20),
  limits: pipelineLimitsSchema,
  maxParallel: z.literal(1),
});
export type Pipeline = z.infer<typeof pipelineSchema>;
