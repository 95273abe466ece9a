import type { Briefing } from "../agents/role.ts";
import type { Change } from "../core/change.ts";
import type { AttemptState, RunFacts, RunState, TaskState } from "./state.ts";

/** What a role is told at the start of an attempt. Pure. */
export function briefingFor(
  state: RunState,
  facts: RunFacts,
  { task, attempt }: { task: TaskState; attempt: AttemptState },
  changes: readonly Change[],
): Briefing {
  const tasks = [...state.tasks.values()].flatMap(({ spec }) => (spec === null ? [] : [spec]));
  return {
    goal: facts.goal,
    commands: facts.config.commands,
    task: task.spec,
    tasks,
    changes,
    baseCommit: facts.baseCommit,
    attempt: attempt.number,
    findings: attempt.findings,
    continues: attempt.from !== attempt.base,
  };
}
