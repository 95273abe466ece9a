import type { ApprovalDecision, ApprovalRequest } from "../approval.ts";

/** Where requests of workers are decided. Always answers: what is not decided by its deadline is denied. */
export interface ApprovalDesk {
  decide(request: ApprovalRequest, context: { runId: string; attemptId: string }): Promise<ApprovalDecision>;
}
