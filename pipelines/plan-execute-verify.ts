import { definePipeline } from "./define-pipeline.ts";

const minute = 60_000;

/** Plan the goal, do its tasks one after another, judge the result. The default. */
export const planExecuteVerify = definePipeline({
  name: "plan-execute-verify",
  stages: [
    {
      name: "plan",
      kind: "agent",
      role: "planner",
      gates: [{ kind: "handoff" }, { kind: "plan" }],
    },
    {
      name: "execute",
      kind: "fan-out",
      role: "executor",
      gates: [
        { kind: "handoff" },
        { kind: "scope" },
        { kind: "protection" },
        { kind: "diff" },
        { kind: "artifacts" },
        { kind: "commands", which: "task", noFewerTests: true },
      ],
    },
    {
      name: "verify",
      kind: "agent",
      role: "verifier",
      gates: [
        { kind: "handoff" },
        { kind: "review" },
        { kind: "commands", which: "all", noFewerTests: true },
      ],
    },
  ],
  limits: {
    attempts: 3,
    repairTurns: 1,
    reopenings: 1,
    turns: 200,
    turnTimeoutMs: 30 * minute,
    commandTimeoutMs: 15 * minute,
    setupTimeoutMs: 15 * minute,
  },
  maxParallel: 1,
});
