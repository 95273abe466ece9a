import { z } from "zod";

/** What a client decided, in either of the two shapes. */
export interface Reply {
  decision: "approved" | "approved_for_session" | "denied" | "abort";
  /** What a form was filled in with. */
  content: Readonly<Record<string, unknown>>;
}

export const refusal: Reply = { decision: "denied", content: {} };

const replyShape = z.looseObject({
  action: z.string().optional(),
  content: z.record(z.string(), z.unknown()).nullish(),
  decision: z.unknown().optional(),
});

/**
 * Codex's own `{decision}` wins; else MCP's `{action, content}`. What is neither, or says anything that is not a clear yes, is a
 * refusal. Pure.
 */
export function readReply(result: unknown): Reply {
  const parsed = replyShape.safeParse(result);
  if (!parsed.success) return refusal;
  const { action, content, decision } = parsed.data;
  const given = content ?? {};
  if (decision !== undefined) return { decision: ownDecision(decision), content: given };
  return action === "accept" ? { decision: "approved", content: given } : refusal;
}

function ownDecision(decision: unknown): Reply["decision"] {
  return decision === "approved" || decision === "approved_for_session" || decision === "abort"
    ? decision
    : "denied";
}
