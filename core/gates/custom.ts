import { z } from "zod";

/** A path from the pipeline's file to a module of its own, as `import` takes it. */
const modulePath = /^\.{1,2}\/.*\.[cm]?[jt]s$/;

/** A function of the pipeline's own: what it exports as `export` (default: `default`) is a `CustomGate`. */
export const customGateSchema = z.strictObject({
  kind: z.literal("custom"),
  module: z
    .string()
    .max(400)
    .regex(
      modulePath,
      "a path from the pipeline's file, such as './gate.ts' (.ts, .mts, .cts, .js, .mjs, .cjs)",
    ),
  export: z
    .string()
    .regex(/^[A-Za-z_$][\w$]{0,99}$/, "the name of an export")
    .optional(),
  /** For one judgement, its commands included. Default: the pipeline's `commandTimeoutMs`. */
  timeoutMs: z
    .number()
    .int()
    .min(100)
    .max(24 * 3600_000)
    .optional(),
});
export type CustomGateSpec = z.infer<typeof customGateSchema>;
