import { z } from "zod";

/** One word for how a run, stage, task or attempt stands; the command line prints the same. */
export const statusSchema = z.enum([
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
export type Status = z.infer<typeof statusSchema>;

/** Statuses after which nothing of the thing changes any more (a run may still be resumed). */
export type FinalStatus = Exclude<Status, "pending" | "running">;

/** Why something ended as it did, for a person and for a script. */
export const reasonSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;
