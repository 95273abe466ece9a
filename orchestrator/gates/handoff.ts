import { finding } from "../../core/finding.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import { verdictOf, type Gate, type GateCase, type GateOutcome } from "./gate.ts";

/** The answer is the packet that the role must give, and speaks of the task that was given. */
export const handoffGate: Gate = (current) => {
  const { role, attempt, name } = current;
  if (role === null) throw new Error("a handoff is what a worker gives");
  const parsed = parsePacket(role.gives, attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  return role.gives === "work-report" ? aboutTheTask(current) : verdictOf([]);
};

function aboutTheTask({ attempt, task, name }: GateCase): GateOutcome {
  const parsed = parsePacket("work-report", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  const { taskId, status, summary } = parsed.packet;
  if (taskId !== task.spec?.id) {
    return verdictOf([finding(name, `expected the report of '${task.spec?.id}', found that of '${taskId}'`)]);
  }
  if (status === "done") return verdictOf([]);
  return verdictOf([finding(name, `the worker says that it is blocked: ${summary}`)]);
}
