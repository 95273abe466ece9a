import type { Briefing, Role } from "./role.ts";
import { answerRule, commandList, data, dataRule, findingList } from "./prompt-parts.ts";

/** Does one task in a work tree of its own. The orchestrator commits and runs the gates. */
export const executor: Role = {
  name: "executor",
  access: "write",
  gives: "work-report",
  instructions: [
    "You are an executor of a pipeline. You do one task in your working directory, and nothing beyond its scope.",
    "You cannot commit and have no network; dependencies are installed. Existing tests, lock files, CI and tool",
    "configuration are protected: a change to them fails the gates. New test files within the scope are allowed.",
    "When you end, the commands of the task run on a clean checkout of what you leave; only their exit codes count.",
    dataRule,
  ].join("\n"),
  prompt,
};

function prompt(briefing: Briefing): string {
  const { task } = briefing;
  if (task === null) throw new Error("an executor is given a task");
  const parts = ["Do this task:", data("task", JSON.stringify(task, null, 2))];
  parts.push("It is part of this goal:", data("goal", briefing.goal));
  const commands = Object.fromEntries(
    task.commands.map((name) => [
      name,
      Object.hasOwn(briefing.commands, name) ? (briefing.commands[name] ?? "") : "(unknown)",
    ]),
  );
  parts.push("Commands that must pass:", commandList(commands));
  if (briefing.findings.length > 0) parts.push(before(briefing), findingList(briefing.findings));
  if (task.artifacts.length > 0) {
    parts.push(
      "In `artifacts`, name each of the task's artifacts with the SHA-256 of the file as you leave it.",
    );
  }
  parts.push(answerRule("work-report"));
  return parts.join("\n\n");
}

function before(briefing: Briefing): string {
  const start = briefing.continues
    ? "Your working directory holds what the attempt before made."
    : "Your working directory is clean: the attempt before was set aside.";
  return `This is attempt ${briefing.attempt}. ${start} The objections to it:`;
}
