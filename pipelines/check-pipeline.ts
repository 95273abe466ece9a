import { digestOf } from "../core/digest.ts";
import type { GateSpec, Pipeline } from "../core/pipeline.ts";
import { definePipeline, needsWorker } from "./define-pipeline.ts";

/** The gates of a pipeline that a commit can be judged by without any agent, as a pipeline of one stage; and those left out. */
export function checkPipeline(pipeline: Pipeline): {
  pipeline: Pipeline;
  leftOut: readonly GateSpec["kind"][];
} {
  const all = pipeline.stages.flatMap(({ gates }) => gates);
  const kept = new Map<string, GateSpec>();
  for (const gate of all) {
    if (needsWorker.has(gate.kind)) continue;
    const whole: GateSpec = gate.kind === "commands" ? { ...gate, which: "all" } : gate;
    kept.set(digestOf(whole), whole);
  }
  const leftOut = new Set(all.flatMap(({ kind }) => (needsWorker.has(kind) ? [kind] : [])));
  return {
    pipeline: definePipeline({
      ...pipeline,
      name: `check-${pipeline.name}`.slice(0, 80),
      stages: [{ name: "check", kind: "check", role: null, gates: [...kept.values()] }],
    }),
    leftOut: [...leftOut],
  };
}
