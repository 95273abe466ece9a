import { z } from "zod";

/** What a worker asks for beyond what its sandbox lets it do. */
export const approvalRequestSchema = z.strictObject({
  kind: z.enum(["command", "patch", "other"]),
  message: z.string(),
  command: z.array(z.string()).nullable(),
  directory: z.string().nullable(),
  /** Paths that a patch would change, or null. */
  paths: z.array(z.string()).nullable(),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

export const approvalDecisionSchema = z.strictObject({
  decision: z.enum(["approved", "denied"]),
  /** Who decided: `policy`, `deadline`, or a person's name. */
  by: z.string(),
  why: z.string(),
});
export type ApprovalDecision = z.infer<typeof approvalDecisionSchema>;
