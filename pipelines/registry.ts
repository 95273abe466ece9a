import { PortcullisError } from "../core/errors.ts";
import { builtInNames, type Pipeline } from "../core/pipeline.ts";
import { planExecuteVerify } from "./plan-execute-verify.ts";

const builtIn: readonly Pipeline[] = [planExecuteVerify];

/** A built-in one. Error: `pipeline.unknown`, with the names that exist. */
export function pipelineNamed(name: string): Pipeline {
  const found = builtIn.find((pipeline) => pipeline.name === name);
  if (found !== undefined) return found;
  throw new PortcullisError({
    code: "pipeline.unknown",
    kind: "usage",
    message: `unknown pipeline '${name}'; there is ${builtInNames.map((known) => `'${known}'`).join(", ")}`,
    remedy: "leave --pipeline out for the default",
  });
}
