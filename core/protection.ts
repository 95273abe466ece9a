import { z } from "zod";
import { problemWithGlob } from "./path-match.ts";

/**
 * What may happen to a path that a rule names. `frozen`: nothing. `add-only`: new files may be added, those of the
 * base stay as they are. `open`: anything; a rule that opens wins over the defaults.
 */
export const protectionModeSchema = z.enum(["frozen", "add-only", "open"]);
export type ProtectionMode = z.infer<typeof protectionModeSchema>;

export const protectionGlobSchema = z
  .string()
  .min(1)
  .max(400)
  .superRefine((glob, context) => {
    const problem = problemWithGlob(glob);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

export const protectionRuleSchema = z.strictObject({
  glob: protectionGlobSchema,
  mode: protectionModeSchema,
});
export type ProtectionRule = z.infer<typeof protectionRuleSchema>;
