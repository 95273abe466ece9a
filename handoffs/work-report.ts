import { z } from "zod";
import { repositoryPathSchema, taskIdSchema } from "../core/task.ts";

/** What an executor says of its work. All of it is a claim; gates prove. */
export const workReportSchema = z.strictObject({
  taskId: taskIdSchema,
  /** `blocked`: it could not be done; the summary says why. */
  status: z.enum(["done", "blocked"]),
  summary: z.string().min(1).max(10_000),
  /** Files that the task delivers, with the SHA-256 of their content. */
  artifacts: z
    .array(
      z.strictObject({
        path: repositoryPathSchema,
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hex digits"),
      }),
    )
    .max(50),
});

export type WorkReport = z.infer<typeof workReportSchema>;
