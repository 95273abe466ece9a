import { finding } from "../../core/finding.ts";
import type { TurnState } from "../state.ts";
import { specOf, verdictOf, type Gate } from "./gate.ts";

/** All attempts at the task so far kept within their budget. Time is that of their turns. */
export const budgetGate: Gate = ({ effect, task, name }) => {
  const budget = specOf(effect, "budget");
  const turns = task.attempts.flatMap((attempt) => attempt.turns);
  const sum = (of: (turn: TurnState) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  const used = {
    tokens: sum(({ usage }) => usage.inputTokens + usage.outputTokens),
    turns: turns.length,
    minutes: sum(({ durationMs }) => durationMs) / 60_000,
  };
  return verdictOf(
    (["tokens", "turns", "minutes"] as const).flatMap((unit) => {
      const limit = budget[unit];
      if (limit === undefined || used[unit] <= limit) return [];
      const found = Math.ceil(used[unit] * 100) / 100;
      return [finding(name, `expected at most ${limit} ${unit} for this task, found ${found}`)];
    }),
  );
};
