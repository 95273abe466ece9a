import { z } from "zod";
import { findingSchema } from "./finding.ts";
import { testCountsSchema } from "./test-counts.ts";
import { usageSchema } from "./usage.ts";

/** Only `passed` lets anything through. A gate that could not run has `errored`; `flaky` both failed and passed. */
export const verdictSchema = z.enum(["passed", "failed", "errored", "flaky"]);
export type Verdict = z.infer<typeof verdictSchema>;

/** One run of a gate's command, with what it printed. */
export const gateRunSchema = z.strictObject({
  /** `base`: on the tree that the candidate is measured against. */
  on: z.enum(["candidate", "base"]),
  verdict: verdictSchema,
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  /** Digest of its output. */
  evidence: z.string(),
});
export type GateRun = z.infer<typeof gateRunSchema>;

/**
 * A gate's verdict with its evidence, bound to the tree that was judged. The optional members up to `network` are always
 * written; runs of before they were known lack them, and a default would break the digest of what was stored. The others
 * are written by a gate that asked an agent of its own, however that ended, and by no other.
 */
export const judgementSchema = z.strictObject({
  name: z.string(),
  verdict: verdictSchema,
  /** The shell line that ran, or null for a gate that runs no command. */
  command: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  commit: z.string().nullable(),
  tree: z.string().nullable(),
  findings: z.array(findingSchema),
  /** Digest of the artifact that holds the evidence (a command's output), or null. */
  evidence: z.string().nullable(),
  /** What the command's test runner counted, or null. */
  tests: testCountsSchema.nullable().optional(),
  /** Every run of the command, those on the base too. */
  runs: z.array(gateRunSchema).optional(),
  /** What the command could reach; null for a gate that runs none. */
  network: z.enum(["none", "full"]).nullable().optional(),
  /** What the gate's own agent used; no turn of a worker counts it. */
  usage: usageSchema.optional(),
  turns: z.number().int().nonnegative().optional(),
  /** The agent's thread, or null where none began. */
  threadId: z.string().nullable().optional(),
  /** Tasks that its objections name. */
  taskIds: z.array(z.string()).optional(),
});

export type Judgement = z.infer<typeof judgementSchema>;
