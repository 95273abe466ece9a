import type { Briefing, Role } from "./role.ts";
import { answerRule, commandList, data, dataRule, findingList } from "./prompt-parts.ts";

/** Reads the repository and cuts the goal into tasks; writes nothing. */
export const planner: Role = {
  name: "planner",
  access: "read-only",
  gives: "plan",
  instructions: [
    "You are the planner of a pipeline. You read the repository in your working directory and cut the goal into tasks for",
    "executors who see only their own task. You change nothing.",
    "Each task has the narrowest scope of paths that it needs, the tasks that it depends on, and the names of the commands",
    "that must pass when it is done. Existing tests, lock files, CI and tool configuration are protected: do not plan changes",
    "to them; new test files are allowed. Prefer few tasks.",
    dataRule,
  ].join("\n"),
  prompt,
};

function prompt(briefing: Briefing): string {
  const parts = ["Plan this goal:", data("goal", briefing.goal)];
  parts.push("Commands that tasks may name (each task names at least one):", commandList(briefing.commands));
  if (briefing.findings.length > 0) {
    parts.push("A plan made before was refused. The objections:", findingList(briefing.findings));
  }
  parts.push(answerRule("plan"));
  return parts.join("\n\n");
}
