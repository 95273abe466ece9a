import { gateName } from "../core/gates/gate-name.ts";
import type { GateSpec } from "../core/pipeline.ts";
import type { Judgement } from "../core/verdict.ts";
import type { AttemptState, RunFacts, StageState, TaskState } from "./state.ts";

/** One gate that an attempt has to pass after its turn. */
export interface PlannedGate {
  gate: GateSpec;
  /** The command's name, or null. */
  command: string | null;
  /** As verdicts show it, e.g. `scope` or `command:test`. */
  name: string;
}

/** The gates of a stage in order, those that run a command last; a gate of commands becomes one for each command. */
export function plannedGates(facts: RunFacts, stage: StageState, task: TaskState): readonly PlannedGate[] {
  const quick: PlannedGate[] = [];
  const commands: PlannedGate[] = [];
  for (const gate of stage.spec.gates) {
    if (gate.kind === "handoff") continue;
    if (gate.kind === "baseline") commands.push(commandGate(gate, gate.command));
    else if (gate.kind !== "commands") quick.push({ gate, command: null, name: gate.kind });
    else commands.push(...commandsOf(facts, task, gate.which).map((command) => commandGate(gate, command)));
  }
  return [...quick, ...commands];
}

function commandsOf(facts: RunFacts, task: TaskState, which: "task" | "all"): readonly string[] {
  return which === "all" ? Object.keys(facts.config.commands) : [...new Set(task.spec?.commands)];
}

function commandGate(gate: GateSpec, command: string): PlannedGate {
  return { gate, command, name: gateName(gate.kind, command) };
}

export function judgementOf(attempt: AttemptState, effectId: string): Judgement | null {
  return attempt.gates.find((judged) => judged.effectId === effectId)?.judgement ?? null;
}
