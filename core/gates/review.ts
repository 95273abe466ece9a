import { z } from "zod";
import type { GateSpec } from "../pipeline.ts";

/** Without a rubric: the verifier's own verdict. With one: a second agent judges by it, and can only object. */
export const reviewGateSchema = z
  .strictObject({
    kind: z.literal("review"),
    /** What the second agent judges by. It comes from the pipeline alone. */
    rubric: z.string().trim().min(1).max(8000).optional(),
    /** Tells several reviews of one stage apart: the gate is `review:NAME` then. Default: `rubric`. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, "1 to 40 of a-z, 0-9 and '-', starting with a letter")
      .optional(),
  })
  .refine(({ rubric, name }) => name === undefined || rubric !== undefined, {
    message: "a name is for a review with a rubric",
    path: ["name"],
  });

export type RubricReview = z.infer<typeof reviewGateSchema> & { rubric: string };

/** Whether a gate starts an agent of its own. */
export function isRubricReview(gate: GateSpec): gate is RubricReview {
  return gate.kind === "review" && gate.rubric !== undefined;
}

/** How the gate's name begins where a second agent reviews. */
export const rubricReviewPrefix = "review:";
