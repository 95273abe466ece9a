import { z } from "zod";
import { scopeGlobSchema } from "../task.ts";

const choice = z.enum(["refuse", "allow"]).optional();
const count = z.number().int().min(0).max(10_000_000).optional();

/** What the change as a whole may be. What is left out takes the default of `diffRules`. */
export const diffGateSchema = z.strictObject({
  kind: z.literal("diff"),
  maxFiles: count,
  /** Added and deleted together. */
  maxLines: count,
  /** Of a file that is new or has grown. */
  maxFileBytes: z
    .number()
    .int()
    .min(0)
    .max(100 * 1024 * 1024)
    .optional(),
  binary: choice,
  /** What looks like a key or a password, in lines that the base does not have. */
  secrets: choice,
  /** Changes of the executable bit or of a path's type, submodules, and links that lead out of the tree. */
  modes: choice,
  /** New names that a reader could take for others, or that could act: control characters, lookalikes, a leading dash. */
  names: choice,
  /** Globs of the paths that may change. */
  paths: z.array(scopeGlobSchema).min(1).max(100).optional(),
});
type DiffGateSpec = z.infer<typeof diffGateSchema>;

export interface DiffRules {
  maxFiles: number;
  maxLines: number;
  maxFileBytes: number;
  binary: "refuse" | "allow";
  secrets: "refuse" | "allow";
  modes: "refuse" | "allow";
  names: "refuse" | "allow";
  /** Null: all. */
  paths: readonly string[] | null;
}

/** With the defaults. */
export function diffRules(spec: DiffGateSpec): DiffRules {
  return {
    maxFiles: spec.maxFiles ?? 200,
    maxLines: spec.maxLines ?? 5000,
    maxFileBytes: spec.maxFileBytes ?? 1024 * 1024,
    binary: spec.binary ?? "refuse",
    secrets: spec.secrets ?? "refuse",
    modes: spec.modes ?? "refuse",
    names: spec.names ?? "refuse",
    paths: spec.paths ?? null,
  };
}
