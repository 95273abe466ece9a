import { finding } from "../../core/finding.ts";
import type { Usage } from "../../core/usage.ts";
import type { Judgement } from "../../core/verdict.ts";
import { specOf, verdictOf, type Gate } from "./gate.ts";

interface Spent {
  usage: Usage;
  turns: number;
  durationMs: number;
}

/** All attempts at the task so far kept within their budget. Time is that of their turns, and of their reviewers. */
export const budgetGate: Gate = ({ effect, task, name }) => {
  const budget = specOf(effect, "budget");
  const spent = task.attempts.flatMap(({ turns, gates }) => [
    ...turns.map(({ usage, durationMs }) => ({ usage, durationMs, turns: 1 })),
    ...gates.flatMap(({ judgement }) => reviewOf(judgement)),
  ]);
  const sum = (of: (part: Spent) => number): number => spent.reduce((total, part) => total + of(part), 0);
  const used = {
    tokens: sum(({ usage }) => usage.inputTokens + usage.outputTokens),
    turns: sum(({ turns }) => turns),
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

function reviewOf({ usage, turns = 0, durationMs }: Judgement): Spent[] {
  return usage === undefined ? [] : [{ usage, turns, durationMs }];
}
