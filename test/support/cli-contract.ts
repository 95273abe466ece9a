import { z } from "zod";

/** The command line's contract, written down a second time on purpose: what scripts of users rely on. */
export const contractStatus = z.enum([
  "pending",
  "running",
  "passed",
  "failed",
  "errored",
  "paused",
  "interrupted",
  "cancelled",
  "skipped",
]);

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const objectId = z.string().regex(/^[0-9a-f]{40}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const runId = z.string().regex(/^[0-9a-z]{26}$/);

const count = z.number().int().nonnegative();

const tokens = z.strictObject({
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
});

const finding = z.strictObject({
  gate: z.string(),
  message: z.string(),
  path: z.string().nullable(),
  excerpt: z.string().nullable(),
});

const gate = z.strictObject({
  name: z.string(),
  verdict: z.enum(["passed", "failed", "errored", "flaky"]),
  command: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  durationMs: z.number(),
  tree: objectId.nullable(),
  findings: z.array(finding),
  evidence: digest.nullable(),
  tests: z.strictObject({ total: count, passed: count, failed: count, skipped: count }).nullable(),
  runs: z.array(
    z.strictObject({
      on: z.enum(["candidate", "base"]),
      verdict: z.enum(["passed", "failed", "errored", "flaky"]),
      exitCode: z.number().int().nullable(),
      durationMs: z.number(),
      evidence: digest,
    }),
  ),
  network: z.enum(["none", "full"]).nullable(),
  usage: tokens.nullable(),
  turns: count,
  threadId: z.string().nullable(),
});

const task = z.strictObject({
  id: z.string(),
  title: z.string(),
  status: contractStatus,
  dependsOn: z.array(z.string()),
  attempts: z.array(
    z.strictObject({
      number: z.number().int().positive(),
      status: contractStatus,
      threadId: z.string().nullable(),
      commit: objectId.nullable(),
      gates: z.array(gate),
    }),
  ),
});

export const showContract = z.strictObject({
  schemaVersion: z.literal(1),
  run: z.strictObject({
    id: runId,
    goal: z.string(),
    pipeline: z.string(),
    status: contractStatus,
    reason: z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
    repo: z.string().startsWith("/"),
    baseCommit: objectId,
    branch: z.string(),
    headCommit: objectId,
    startedAt: time,
    finishedAt: time.nullable(),
    erasedAt: time.nullable(),
    codex: z.strictObject({ version: z.string(), server: z.string() }),
    usage: z.strictObject({
      inputTokens: z.number().int(),
      cachedInputTokens: z.number().int(),
      outputTokens: z.number().int(),
      reasoningTokens: z.number().int(),
      costUsd: z.number().nullable(),
    }),
  }),
  stages: z.array(
    z
      .strictObject({
        name: z.string(),
        kind: z.enum(["agent", "fan-out"]),
        role: z.enum(["planner", "executor", "verifier"]),
        status: contractStatus,
        gates: z.array(gate),
        tasks: z.array(task),
      })
      .refine(
        ({ kind, tasks }) => kind === "fan-out" || tasks.length === 1,
        "a stage without a fan-out has one task",
      ),
  ),
});

export const gatesContract = z.array(
  z.strictObject({ stage: z.string(), task: z.string(), attempt: z.number().int(), ...gate.shape }),
);

export const runsContract = z.array(
  z.strictObject({
    id: runId,
    goal: z.string(),
    pipeline: z.string(),
    status: contractStatus,
    repository: z.string(),
    branch: z.string(),
    startedAt: time,
    finishedAt: time.nullable(),
    erasedAt: time.nullable(),
  }),
);

export const traceContract = z.array(
  z.strictObject({
    traceId: z.string().regex(/^[0-9a-f]{32}$/),
    spanId: z.string().regex(/^[0-9a-f]{16}$/),
    parentId: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .nullable(),
    name: z.string(),
    kind: z.enum(["run", "stage", "attempt", "effect"]),
    startTime: time,
    endTime: time.nullable(),
    ok: z.boolean(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
);

export const eventContract = z.strictObject({
  id: z.string(),
  runId,
  sequence: z.number().int().positive(),
  version: z.literal(1),
  time,
  actor: z.string(),
  taskKey: z.string().nullable(),
  attemptId: z.string().nullable(),
  effectId: z.string().nullable(),
  causationId: z.string().nullable(),
  payloadDigest: digest,
  previousHash: digest,
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
