import { digestOf } from "../core/digest.ts";
import { PortcullisError } from "../core/errors.ts";
import { gateName } from "../core/gates/gate-name.ts";
import { gatesOf, type GateSpec, type RecordedPipeline, type StageSpec } from "../core/pipeline.ts";
import { definePipeline, needsWorker } from "./define-pipeline.ts";

type CommandsGate = Extract<GateSpec, { kind: "commands" }>;

/**
 * The gates of a pipeline that a commit can be judged by without any agent, as a pipeline of one stage, or more where gates
 * have the same name; and the names of those left out.
 */
export function checkPipeline({ source, ...pipeline }: RecordedPipeline): {
  pipeline: RecordedPipeline;
  leftOut: readonly string[];
} {
  const all = pipeline.stages.flatMap((stage) => gatesOf(stage));
  const others = all.filter(({ kind }) => kind !== "commands" && !needsWorker.has(kind));
  const distinct = new Map(others.map((gate) => [digestOf(gate), gate]));
  const commands = strictest(all.filter((gate) => gate.kind === "commands"));
  const gates = [...distinct.values(), ...(commands === null ? [] : [commands])];
  if (gates.length === 0) throw nothingToJudge(pipeline.name);
  const checked = definePipeline({
    ...pipeline,
    name: `check-${pipeline.name}`.slice(0, 80),
    stages: stagesOf(gates),
  });
  return {
    pipeline: { ...checked, ...(source === undefined ? {} : { source }) },
    leftOut: [...new Set(all.flatMap((gate) => (needsWorker.has(gate.kind) ? [gateName(gate, null)] : [])))],
  };
}

/** Gates of one name cannot stand in one stage: each goes into the first that has none of its name. */
function stagesOf(gates: readonly GateSpec[]): StageSpec[] {
  const stages: GateSpec[][] = [];
  for (const gate of gates) {
    const name = gateName(gate, null);
    const free = stages.find((own) => own.every((other) => gateName(other, null) !== name));
    if (free === undefined) stages.push([gate]);
    else free.push(gate);
  }
  return stages.map((own, index) => ({
    name: index === 0 ? "check" : `check-${index + 1}`,
    kind: "check",
    role: null,
    gates: own,
  }));
}

/** One gate that runs all commands, as strictly as any of these would. */
function strictest(gates: readonly CommandsGate[]): CommandsGate | null {
  if (gates.length === 0) return null;
  return {
    kind: "commands",
    which: "all",
    reruns: Math.min(...gates.map(({ reruns }) => reruns ?? 0)),
    noFewerTests: gates.some(({ noFewerTests }) => noFewerTests === true),
  };
}

function nothingToJudge(name: string): PortcullisError {
  return new PortcullisError({
    code: "check.no-gates",
    kind: "usage",
    message: `pipeline '${name}' has no gate that judges a commit without a worker, so nothing would be proven`,
    remedy: "name another pipeline, or leave --pipeline out for the default",
  });
}
