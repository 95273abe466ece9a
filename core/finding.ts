import { z } from "zod";
import { limits } from "./limits.ts";

/** One structured objection, from a gate or a reviewer; the next attempt is told of it. */
export const findingSchema = z.strictObject({
  /** The gate that objects, e.g. `scope` or `command:test`. */
  gate: z.string(),
  message: z.string().max(limits.findingCharacters),
  path: z.string().nullable(),
  /** The lines that matter of a command's output, or null. */
  excerpt: z.string().max(limits.findingCharacters).nullable(),
});

export type Finding = z.infer<typeof findingSchema>;

/** Cut at the limits: a message keeps its beginning, an excerpt its end. */
export function finding(gate: string, message: string, more: Partial<Finding> = {}): Finding {
  return {
    gate,
    message: message.slice(0, limits.findingCharacters),
    path: null,
    ...more,
    excerpt: more.excerpt?.slice(-limits.findingCharacters) ?? null,
  };
}
