import { z } from "zod";
import { pipelineSchema } from "../pipeline.ts";
import { repositoryFileSchema } from "./read.ts";

/**
 * JSON Schemas for editors, by file name, from the very schemas that read the files. Draft 7: what editors know. They say less than
 * the reader does: which gates a role needs is left to it.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    "pipeline.schema.json": titled(pipelineSchema, "A pipeline of Portcullis"),
    "portcullis.schema.json": titled(repositoryFileSchema, "portcullis.yaml"),
  };
}

function titled(schema: z.ZodType, title: string): object {
  return { title, ...z.toJSONSchema(schema, { io: "input", target: "draft-7" }) };
}
