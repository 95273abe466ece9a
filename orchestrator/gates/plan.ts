import { finding } from "../../core/finding.ts";
import type { TaskSpec } from "../../core/task.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import { renderPlan } from "../render-plan.ts";
import { verdictOf, type Gate } from "./gate.ts";

/** The plan can be carried out: a graph without cycles, and commands that the configuration knows. Keeps it as an artifact. */
export const planGate: Gate = async ({ attempt, facts, world, name }) => {
  const parsed = parsePacket("plan", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  const { tasks } = parsed.packet;
  const known = Object.keys(facts.config.commands);
  const problems = [...identityProblems(tasks), ...commandProblems(tasks, known), ...orderProblems(tasks)];
  const { digest } = await world.artifacts.put(renderPlan(facts.goal, parsed.packet), {
    runId: world.log.state.id,
    name: "plan.md",
    mediaType: "text/markdown",
  });
  return { ...verdictOf(problems.map((problem) => finding(name, problem))), evidence: digest };
};

function identityProblems(tasks: readonly TaskSpec[]): string[] {
  const ids = tasks.map(({ id }) => id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  const strangers = tasks.flatMap(({ id, dependsOn }) =>
    dependsOn
      .filter((need) => !ids.includes(need))
      .map((need) => `task '${id}' depends on '${need}', which is no task`),
  );
  return [...[...twice].map((id) => `two tasks have the id '${id}'`), ...strangers];
}

function commandProblems(tasks: readonly TaskSpec[], known: readonly string[]): string[] {
  return tasks.flatMap(({ id, commands }) => {
    if (commands.length === 0) return [`task '${id}' names no command; there is ${known.join(", ")}`];
    const unknown = commands.filter((command) => !known.includes(command));
    return unknown.map(
      (command) => `task '${id}' names the command '${command}'; there is ${known.join(", ")}`,
    );
  });
}

/** Takes away, again and again, what depends on nothing that is left. */
function orderProblems(tasks: readonly TaskSpec[]): string[] {
  let left = [...tasks];
  for (;;) {
    const ids = new Set(left.map(({ id }) => id));
    const blocked = left.filter(({ dependsOn }) => dependsOn.some((need) => ids.has(need)));
    if (blocked.length === 0) return [];
    if (blocked.length === left.length) {
      return [`these tasks depend on each other in a circle: ${blocked.map(({ id }) => id).join(", ")}`];
    }
    left = blocked;
  }
}
