import { z } from "zod";

/** A person's yes, asked once everything else has passed. */
export const humanGateSchema = z.strictObject({
  kind: z.literal("human"),
  question: z.string().trim().min(1).max(2000),
});
