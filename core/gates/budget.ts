import { z } from "zod";

const most = z.number().positive().finite();

/** What a task may cost, all of its attempts together: tokens in and out, turns, minutes of its turns. */
export const budgetGateSchema = z
  .strictObject({
    kind: z.literal("budget"),
    tokens: most.optional(),
    turns: most.optional(),
    minutes: most.optional(),
  })
  .refine(({ tokens, turns, minutes }) => [tokens, turns, minutes].some((limit) => limit !== undefined), {
    message: "a budget names tokens, turns or minutes",
  });
