import { definePipeline } from "portcullis";

/** As the built-in one, with a gate of our own, fewer attempts and less time. */
export default definePipeline({
  name: "careful",
  stages: [
    { name: "plan", kind: "agent", role: "planner", gates: [{ kind: "handoff" }, { kind: "plan" }] },
    {
      name: "execute",
      kind: "fan-out",
      role: "executor",
      gates: [
        { kind: "handoff" },
        { kind: "scope" },
        { kind: "protection" },
        { kind: "commands", which: "task" },
        { kind: "custom", module: "./told-in-changelog.ts", timeoutMs: 120_000 },
      ],
    },
    {
      name: "verify",
      kind: "agent",
      role: "verifier",
      gates: [{ kind: "handoff" }, { kind: "review" }, { kind: "commands", which: "all" }],
    },
  ],
  limits: { attempts: 2, turnTimeoutMs: 600_000 },
});
