import { z } from "zod";
import { findingSchema } from "./finding.ts";

/** Only `passed` lets anything through. A gate that could not run has `errored`. */
export const verdictSchema = z.enum(["passed", "failed", "errored", "flaky"]);
export type Verdict = z.infer<typeof verdictSchema>;

/** A gate's verdict with its evidence, bound to the tree that was judged. */
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
});

export type Judgement = z.infer<typeof judgementSchema>;
