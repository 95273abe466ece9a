import { z } from "zod";
import { limits } from "../limits.ts";
import { repositoryPathSchema } from "../task.ts";

const bytes = z.number().int().min(0).max(limits.artifactBytes).optional();
const texts = z.array(z.string().min(1).max(1000)).min(1).max(50).optional();
const longestSchema = 64 * 1024;

/** A file that the commit must have, and what must be in it. */
export const artifactGateSchema = z
  .strictObject({
    kind: z.literal("artifact"),
    path: repositoryPathSchema,
    /** Default: 1, as an empty file delivers nothing. */
    minBytes: bytes,
    /** Default: `limits.artifactBytes`. */
    maxBytes: bytes,
    type: z.enum(["text", "json", "markdown"]).optional(),
    /** JSON Schema 2020-12; the file is JSON then. */
    jsonSchema: z
      .record(z.string(), z.json())
      .refine(
        (schema) => JSON.stringify(schema).length <= longestSchema,
        `at most ${longestSchema} characters`,
      )
      .optional(),
    /** Headings that the file must have, as its lines say them, with the level (`## Risks`) or without (`Risks`). */
    headings: texts,
    /** Text that the file must have, and text that it must not have, to the letter. */
    contains: texts,
    absent: texts,
  })
  .refine(({ jsonSchema, type }) => jsonSchema === undefined || (type ?? "json") === "json", {
    path: ["jsonSchema"],
    message: "a JSON Schema is for a file of type json",
  })
  .refine(({ headings, type }) => headings === undefined || (type ?? "markdown") === "markdown", {
    path: ["headings"],
    message: "headings are for a file of type markdown",
  })
  .refine(({ headings, jsonSchema }) => headings === undefined || jsonSchema === undefined, {
    path: ["headings"],
    message: "a file has headings or a JSON Schema, not both",
  })
  .refine(({ minBytes = 1, maxBytes = limits.artifactBytes }) => minBytes <= maxBytes, {
    path: ["minBytes"],
    message: "not more than maxBytes",
  });
export type ArtifactGateSpec = z.infer<typeof artifactGateSchema>;
