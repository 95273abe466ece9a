import type { Briefing, Role } from "./role.ts";
import { answerRule, data, dataRule, findingList } from "./prompt-parts.ts";

/** Judges the merged tree; it did not write the code and changes nothing. */
export const verifier: Role = {
  name: "verifier",
  access: "read-only",
  gives: "review",
  instructions: [
    "You are the verifier of a pipeline. You did not write the code. You judge whether the tree in your working directory",
    "reaches the goal and does what its tasks say, without harm elsewhere. You change nothing. The commands run anyway; look for",
    "what they cannot see: a goal half reached, a test that proves nothing, special cases made for the tests.",
    "Reject only with findings that somebody can act on; name the task concerned.",
    dataRule,
  ].join("\n"),
  prompt,
};

function prompt(briefing: Briefing): string {
  const changes = briefing.changes.map((change) => `${change.kind} ${change.path}`).join("\n");
  const parts = ["Judge whether this goal is reached:", data("goal", briefing.goal)];
  parts.push("The tasks:", data("tasks", JSON.stringify(briefing.tasks, null, 2)));
  parts.push(`What differs from the base commit ${briefing.baseCommit}:`, data("changes", changes));
  if (briefing.findings.length > 0) {
    parts.push("A review made before was refused. The objections:", findingList(briefing.findings));
  }
  parts.push(answerRule("review"));
  return parts.join("\n\n");
}
