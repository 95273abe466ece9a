import type { Move } from "../core/move.ts";
import type { LeadView } from "../core/ports/lead.ts";
import { attemptsLeft } from "./moves.ts";
import type { RunState } from "./state.ts";

export function leadView(state: RunState, moves: readonly Move[]): LeadView {
  const keys = new Set(moves.map((move) => move.taskKey));
  const tasks = [...state.tasks.values()].filter((task) => keys.has(task.key));
  return {
    goal: state.facts?.goal ?? "",
    moves,
    tasks: tasks.map((task) => ({
      taskKey: task.key,
      title: task.spec?.title ?? task.stage,
      attempts: task.attempts.length,
      attemptsLeft: attemptsLeft(state, task),
      findings: task.findings,
    })),
  };
}
