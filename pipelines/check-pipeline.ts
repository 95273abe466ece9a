import { digestOf } from "../core/digest.ts";
import type { GateSpec, Pipeline } from "../core/pipeline.ts";
import { definePipeline, needsWorker } from "./define-pipeline.ts";

type CommandsGate = Extract<GateSpec, { kind: "commands" }>;

/** The gates of a pipeline that a commit can be judged by without any agent, as a pipeline of one stage; and those left out. */
export function checkPipeline(pipeline: Pipeline): {
  pipeline: Pipeline;
  leftOut: readonly GateSpec["kind"][];
} {
  const all = pipeline.stages.flatMap(({ gates }) => gates);
  const others = all.filter(({ kind }) => kind !== "commands" && !needsWorker.has(kind));
  const distinct = new Map(others.map((gate) => [digestOf(gate), gate]));
  const commands = strictest(all.filter((gate) => gate.kind === "commands"));
  const gates = [...distinct.values(), ...(commands === null ? [] : [commands])];
  return {
    pipeline: definePipeline({
      ...pipeline,
      name: `check-${pipeline.name}`.slice(0, 80),
      stages: [{ name: "check", kind: "check", role: null, gates }],
    }),
    leftOut: [...new Set(all.flatMap(({ kind }) => (needsWorker.has(kind) ? [kind] : [])))],
  };
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
