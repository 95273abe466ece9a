import type { ApprovalDesk } from "../core/ports/approval-desk.ts";

/** Nobody is there to decide: every request beyond the sandbox is denied, and the log says so. */
export const refusingDesk: ApprovalDesk = {
  decide: () =>
    Promise.resolve({
      decision: "denied",
      by: "policy",
      why: "a worker may do what its sandbox lets it do, and nothing beyond",
    }),
};
