import type { ApprovalDecision, ApprovalRequest } from "../core/approval.ts";
import { elicitationParams } from "./wire-schemas.ts";

const kinds: ReadonlyMap<string | undefined, ApprovalRequest["kind"]> = new Map([
  ["exec-approval", "command"],
  ["patch-approval", "patch"],
]);

/** An elicitation of Codex, in our words. One that is of no known kind is still a request, and mostly denied. */
export function approvalOf(params: unknown): ApprovalRequest {
  const parsed = elicitationParams.safeParse(params);
  if (!parsed.success) {
    return {
      kind: "other",
      message: "an elicitation that could not be read",
      command: null,
      directory: null,
      paths: null,
    };
  }
  const { message, codex_elicitation, codex_command, codex_cwd, codex_changes } = parsed.data;
  return {
    kind: kinds.get(codex_elicitation) ?? "other",
    message: message ?? "",
    command: codex_command ?? null,
    directory: codex_cwd ?? null,
    paths: codex_changes === undefined ? null : Object.keys(codex_changes),
  };
}

/**
 * Codex reads `decision`; MCP reads `action` and `content`. The answer serves both. A refusal carries why: 0.153.4 tells it to the
 * model, and takes the bare word `denied` for an answer that it cannot read.
 */
export function elicitationAnswer({ decision, why }: ApprovalDecision): Record<string, unknown> {
  return decision === "approved"
    ? { action: "accept", content: {}, decision: "approved" }
    : { action: "decline", content: {}, decision: { denied: { rejection: why } } };
}
