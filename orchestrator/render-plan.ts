import type { Plan } from "../handoffs/plan.ts";

/** A plan as an ExecPlan in Markdown, for people. */
export function renderPlan(goal: string, plan: Plan): string {
  const title = goal.split("\n", 1)[0]?.slice(0, 120) ?? "";
  const head = [`# ${title}`, "## Purpose", plan.summary, "## Plan of work"];
  const tasks = plan.tasks.map((task) =>
    [
      `### ${task.id}: ${task.title}`,
      task.description,
      `- Scope: ${list(task.scope)}`,
      `- Depends on: ${list(task.dependsOn)}`,
      `- Commands that must pass: ${list(task.commands)}`,
      `- Artifacts: ${list(task.artifacts)}`,
    ].join("\n\n"),
  );
  return `${[...head, ...tasks].join("\n\n")}\n`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.map((item) => `\`${item}\``).join(", ");
}
