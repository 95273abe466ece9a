import { z } from "zod";
import { approvalDecisionSchema, approvalRequestSchema } from "../approval.ts";
import { baseRunSchema } from "../base-run.ts";
import { changeSchema } from "../change.ts";
import { repositoryConfigSchema } from "../config/schema.ts";
import { effectSchema } from "../effect.ts";
import { findingSchema } from "../finding.ts";
import { moveSchema } from "../move.ts";
import { recordedPipelineSchema } from "../pipeline.ts";
import { reasonSchema, statusSchema } from "../status.ts";
import { taskSpecSchema } from "../task.ts";
import { usageSchema } from "../usage.ts";
import { judgementSchema } from "../verdict.ts";

/** Which Codex a run talks to, and why this one. */
export const agentServerSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** How it is spoken to: `mcp-server` is Codex's own. */
  server: z.string(),
  path: z.string(),
  reason: z.string(),
});

/** What a role is told, as a digest. */
export const rolePromptSchema = z.strictObject({ role: z.string(), digest: z.string() });
export type RolePrompt = z.infer<typeof rolePromptSchema>;

export const failureSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  retryable: z.boolean(),
});
export type Failure = z.infer<typeof failureSchema>;

/** What took payloads away: a person's `rm` or `prune`, or the retention setting at the end of a run. */
const erasedBySchema = z.enum(["rm", "prune", "retention"]);
export type ErasedBy = z.infer<typeof erasedBySchema>;

/**
 * Everything that can be said of a run, once, here: the spine of store, trace and command line. A fact is appended
 * before anything depends on it. `attemptId` and `effectId` stand in the envelope where an event belongs to one.
 */
export const runEventSchema = z.discriminatedUnion("type", [
  event("run.started", {
    goal: z.string(),
    repository: z.strictObject({ id: z.string(), path: z.string() }),
    baseCommit: z.string(),
    /** Null where nothing is published. */
    branch: z.string().nullable(),
    /** The commit that is judged where no worker makes one; absent elsewhere. */
    candidate: z.string().optional(),
    pipeline: recordedPipelineSchema,
    config: repositoryConfigSchema,
    /** Null where no worker is at work. */
    codex: agentServerSchema.nullable(),
    model: z.string().nullable(),
    lead: z.string(),
    /** Paths with uncommitted changes, which the run leaves out. */
    leftOut: z.array(z.string()),
    /** The branch that the base was named by; null where it was named otherwise. Absent in runs of before it was kept. */
    baseRef: z.string().nullable().optional(),
    /** How the pipeline was named: a name or a path; null where it was given as a value. */
    pipelineReference: z.string().nullable().optional(),
    /** A digest of what each role of the pipeline is told. Absent in runs of before it was kept. */
    prompts: z.array(rolePromptSchema).optional(),
    /** Settings of Codex that were given for this run, `KEY=VALUE`. */
    codexConfig: z.array(z.string()).optional(),
    /** Names of settings that the calling program gave as values, which are not kept. */
    codexSettings: z.array(z.string()).optional(),
  }),
  /** Another orchestrator goes on with the run. */
  event("run.resumed", {
    codex: agentServerSchema.nullable(),
    model: z.string().nullable(),
    codexConfig: z.array(z.string()),
    /** What had changed since the run's start and was accepted, in words. */
    accepted: z.array(z.string()),
    /** The pipeline that counts from here on, where it was changed. */
    pipeline: recordedPipelineSchema.nullable(),
    baseRef: z.string().nullable(),
    prompts: z.array(rolePromptSchema),
  }),
  event("environment.prepared", {
    /** `none` where there is no setup. */
    key: z.string(),
    /** Paths, relative to a checkout, that `setup` made. */
    roots: z.array(z.string()),
    reused: z.boolean(),
    durationMs: z.number(),
  }),
  event("stage.started", { stage: z.string() }),
  event("stage.finished", { stage: z.string(), status: statusSchema }),
  event("plan.accepted", {
    stage: z.string(),
    tasks: z.array(taskSpecSchema),
    artifact: z.string(),
  }),
  event("move.chosen", { move: moveSchema, by: z.string(), why: z.string() }),
  event("attempt.started", {
    taskKey: z.string(),
    number: z.number().int().positive(),
    /** What its change is measured against: the head of the run's branch. */
    base: z.string(),
    /** Where its work tree starts: `base`, or the attempt before where that is worth keeping. */
    from: z.string(),
    /** The parent of the commit that it makes, where that is not `from`: what was salvaged is in no history. */
    parent: z.string().optional(),
    findings: z.array(findingSchema),
  }),
  event("attempt.finished", {
    taskKey: z.string(),
    status: z.enum(["passed", "failed", "errored", "interrupted"]),
    findings: z.array(findingSchema),
  }),
  event("effect.intended", { effect: effectSchema }),
  event("effect.failed", { failure: failureSchema }),
  event("work-tree.prepared", { checkoutId: z.string(), commit: z.string() }),
  event("worker.started", {
    pid: z.number().int(),
    startTime: z.string(),
    server: agentServerSchema,
  }),
  event("worker.ended", { how: z.enum(["ended", "killed", "lost"]) }),
  /** Said now and then while a turn runs, so that a crash loses neither its thread nor what it cost. Settles nothing. */
  event("turn.progressed", {
    ordinal: z.number().int().positive(),
    threadId: z.string().nullable(),
    /** Of this turn, so far. */
    usage: usageSchema,
  }),
  event("turn.finished", {
    ordinal: z.number().int().positive(),
    threadId: z.string().nullable(),
    /** Digest of the prompt that was sent. */
    prompt: z.string(),
    answer: z.string().nullable(),
    usage: usageSchema,
    failure: failureSchema.nullable(),
    durationMs: z.number(),
  }),
  event("approval.decided", { request: approvalRequestSchema, decision: approvalDecisionSchema }),
  event("commit.made", { commit: z.string(), tree: z.string(), changes: z.array(changeSchema) }),
  event("work.salvaged", { commit: z.string(), tree: z.string() }),
  event("gate.judged", { judgement: judgementSchema }),
  /** What candidates are measured against; said while a gate judges, whose effect it does not settle. */
  event("base.measured", { base: baseRunSchema }),
  event("merge.made", { commit: z.string(), tree: z.string() }),
  event("merge.conflicted", { paths: z.array(z.string()) }),
  event("task.finished", { taskKey: z.string(), status: statusSchema }),
  event("tasks.reopened", { taskKeys: z.array(z.string()), findings: z.array(findingSchema) }),
  event("branch.published", { branch: z.string(), commit: z.string() }),
  event("run.finished", { status: statusSchema, reason: reasonSchema.nullable() }),
  /** The tombstone: payloads of the events up to `through`, wire events and artifacts are erased; envelopes stay. */
  event("run.erased", {
    by: erasedBySchema,
    through: z.number().int().positive(),
    /** How the run stood, which nothing else says once payloads are gone. */
    status: statusSchema,
  }),
  /** What Codex emitted is erased, up to this position; all else is kept. */
  event("wire.erased", { by: erasedBySchema, through: z.number().int().nonnegative() }),
]);

export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventType = RunEvent["type"];
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

function event<const T extends string, const P extends z.ZodRawShape>(type: T, payload: P) {
  return z.strictObject({ type: z.literal(type), payload: z.strictObject(payload) });
}
