import { z } from "zod";
import { limits } from "../core/limits.ts";
import { taskSpecSchema } from "../core/task.ts";

/** What the planner hands over: the goal cut into tasks. */
export const planSchema = z.strictObject({
  summary: z.string().min(1).max(10_000),
  tasks: z.array(taskSpecSchema).min(1).max(limits.tasksPerPlan),
});

export type Plan = z.infer<typeof planSchema>;
