import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { customGateOutcomeSchema } from "../core/custom-gate.ts";
import type { CustomGateSpec } from "../core/gates/custom.ts";
import { gatesOf, type Pipeline, type PipelineSource } from "../core/pipeline.ts";
import type { GateModules } from "../core/ports/gate-modules.ts";
import type { HostRequest, ModuleExport } from "./host/messages.ts";
import { askHost, HostError } from "./host/start-host.ts";
import type { Placed } from "./pipeline-home.ts";

export function customGatesOf(pipeline: Pipeline): CustomGateSpec[] {
  return pipeline.stages.flatMap((stage) => gatesOf(stage)).filter((gate) => gate.kind === "custom");
}

/** Modules are named from the pipeline's file. */
export function moduleOf(gate: CustomGateSpec, pipelinePath: string): ModuleExport {
  return {
    url: pathToFileURL(join(dirname(pipelinePath), gate.module)).href,
    name: gate.export ?? "default",
  };
}

/** A pipeline's own gates, each judgement in a process of its own, with the files that its digest covers and no others. */
export function createGateModules(placed: Placed, source: PipelineSource): GateModules {
  const expected = Object.fromEntries(source.files.map(({ path, sha256 }) => [path, sha256]));
  return {
    async judge(gate, context, { timeoutMs }) {
      const { base, commit, tree, changes, goal, task, signal } = context;
      const request: HostRequest = {
        root: placed.root,
        confined: placed.confined,
        expected,
        pipeline: null,
        gates: [moduleOf(gate, placed.path)],
        context: { base, commit, tree, changes, goal, task },
      };
      const result = await askHost(request, { timeoutMs, signal, context }).catch((error: unknown) => {
        throw error instanceof HostError ? new Error(placedMessage(gate, error), { cause: error }) : error;
      });
      const outcome = result.kind === "judged" ? result.outcome : null;
      const parsed = customGateOutcomeSchema.safeParse(outcome);
      if (parsed.success) return parsed.data;
      const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
      throw new Error(
        `'${gate.module}' gave no outcome: expected {verdict: "passed"} or {verdict: "failed", findings: [{message}]}` +
          (where === "" ? "" : `; wrong is '${where}'`),
      );
    },
  };
}

function placedMessage(gate: CustomGateSpec, { message, place }: HostError): string {
  const [line = ""] = message.split("\n");
  return place === null
    ? `'${gate.module}': ${line}`
    : `${place.path.split("/").at(-1)}:${place.line}: ${line}`;
}
