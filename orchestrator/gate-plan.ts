import { gateName } from "../core/gates/gate-name.ts";
import type { GateSpec } from "../core/pipeline.ts";
import type { Judgement } from "../core/verdict.ts";
import type { AttemptState, RunFacts, StageState, TaskState } from "./state.ts";

/** One gate that an attempt has to pass after its turn. */
export interface PlannedGate {
  gate: GateSpec;
  /** The command's name, or null. */
  command: string | null;
  /** As verdicts show it, e.g. `scope` or `command:test`; where a stage has several of it, with a number. */
  name: string;
}

/** The gates of a stage in order, those that run a command last; a gate of commands becomes one for each command. */
export function plannedGates(facts: RunFacts, stage: StageState, task: TaskState): readonly PlannedGate[] {
  const quick: PlannedGate[] = [];
  const commands: PlannedGate[] = [];
  for (const gate of stage.spec.gates) {
    if (gate.kind === "handoff") continue;
    if (gate.kind === "baseline") commands.push(planned(gate, gate.command));
    else if (gate.kind !== "commands") quick.push(planned(gate, null));
    else commands.push(...commandsOf(facts, task, gate.which).map((command) => planned(gate, command)));
  }
  return [...numbered(quick), ...commands];
}

/** Two gates of one name would be taken for one, which has judged already. */
function numbered(gates: readonly PlannedGate[]): PlannedGate[] {
  return gates.map((gate, index) => {
    const before = gates.slice(0, index).filter(({ name }) => name === gate.name).length;
    return before === 0 ? gate : { ...gate, name: `${gate.name} ${before + 1}` };
  });
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
