import { z } from "zod";
import { repositoryPathSchema, taskIdSchema } from "../core/task.ts";

/** The verifier's judgement on the merged tree. A rejection says what to do about it. */
export const reviewSchema = z
  .strictObject({
    verdict: z.enum(["accept", "reject"]),
    summary: z.string().min(1).max(10_000),
    findings: z
      .array(
        z.strictObject({
          /** The task concerned, or null where it is about the whole. */
          taskId: taskIdSchema.nullable(),
          path: repositoryPathSchema.nullable(),
          message: z.string().min(1).max(4000),
        }),
      )
      .max(50),
  })
  .refine((review) => review.verdict === "accept" || review.findings.length > 0, {
    message: "a rejection needs at least one finding",
    path: ["findings"],
  });

export type Review = z.infer<typeof reviewSchema>;
