import { gateName } from "../core/gates/gate-name.ts";
import { isRubricReview } from "../core/gates/review.ts";
import { gatesOf, type GateSpec } from "../core/pipeline.ts";
import type { Judgement } from "../core/verdict.ts";
import type { AttemptState, RunFacts, StageState, TaskState } from "./state.ts";

interface GatePlace {
  facts: RunFacts;
  stage: StageState;
  task: TaskState;
  /** The verdict's name. */
  name: string;
}

/** One gate that an attempt has to pass after its turn. */
export interface PlannedGate {
  gate: GateSpec;
  /** The command's name, or null. */
  command: string | null;
  /** As verdicts show it, e.g. `scope` or `command:test`, unless it judges again; different from those of the others. */
  name: string;
}

/**
 * The gates of a stage: quick ones, commands (one for each), those of the pipeline's own, second agents with what they may
 * cost, and last of all a person.
 */
export function plannedGates(facts: RunFacts, stage: StageState, task: TaskState): readonly PlannedGate[] {
  const quick: PlannedGate[] = [];
  const commands: PlannedGate[] = [];
  const own: PlannedGate[] = [];
  const reviews: PlannedGate[] = [];
  const people: PlannedGate[] = [];
  for (const gate of gatesOf(stage.spec)) {
    if (gate.kind === "handoff") continue;
    if (gate.kind === "human") people.push(planned(gate, null));
    else if (isRubricReview(gate)) reviews.push(planned(gate, null));
    else if (gate.kind === "custom") own.push(planned(gate, null));
    else if (gate.kind === "baseline") commands.push(planned(gate, gate.command));
    else if (gate.kind !== "commands") quick.push(planned(gate, null));
    else commands.push(...commandsOf(facts, task, gate.which).map((command) => planned(gate, command)));
  }
  // What the reviewers used is within the budget too.
  const budgets = quick.filter(({ gate }) => reviews.length > 0 && gate.kind === "budget");
  const again = budgets.map((budget) => ({ ...budget, name: `${budget.name}-with-reviews` }));
  return [...quick, ...commands, ...own, ...reviews, ...again, ...people];
}

/** Whether a gate costs time or somebody's attention: it is spared where another has refused. */
export function isCostly({ gate, command }: PlannedGate): boolean {
  return command !== null || gate.kind === "custom" || gate.kind === "human" || isRubricReview(gate);
}

/** How many gates of a stage run a command on a checkout: at least so many checkouts are used when all pass. */
export function commandRuns(gates: readonly PlannedGate[]): number {
  return gates.filter(({ gate, command }) => command !== null || gate.kind === "custom").length;
}

/** Of the gates that come after the one that judges now. */
export function runsAfter({ facts, stage, task, name }: GatePlace): number {
  const gates = plannedGates(facts, stage, task);
  return commandRuns(gates.slice(gates.findIndex((gate) => gate.name === name) + 1));
}

/** Whether a gate judges the tree as a whole, and not what a worker changed or said. */
export function judgesTree(own: PlannedGate): boolean {
  return isCostly(own) || own.gate.kind === "artifact";
}

function commandsOf(facts: RunFacts, task: TaskState, which: "task" | "all"): readonly string[] {
  return which === "all" ? Object.keys(facts.config.commands) : [...new Set(task.spec?.commands)];
}

function planned(gate: GateSpec, command: string | null): PlannedGate {
  return { gate, command, name: gateName(gate, command) };
}

export function judgementOf(attempt: AttemptState, effectId: string): Judgement | null {
  return attempt.gates.find((judged) => judged.effectId === effectId)?.judgement ?? null;
}
