import { PortcullisError } from "../core/errors.ts";
import { pipelineSchema, type Pipeline } from "../core/pipeline.ts";

/** Checks a pipeline as it is declared. Error: `pipeline.invalid`, naming the member. */
export function definePipeline(pipeline: Pipeline): Pipeline {
  const parsed = pipelineSchema.safeParse(pipeline);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PortcullisError({
    code: "pipeline.invalid",
    kind: "usage",
    message: `pipeline '${pipeline.name}': ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
    remedy: "correct the pipeline's declaration",
  });
}
