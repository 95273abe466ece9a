import { z } from "zod";

/** One path that differs between two commits. `mode` is git's, octal, of the later side (the earlier for a deletion). */
export const changeSchema = z.strictObject({
  path: z.string(),
  kind: z.enum(["added", "modified", "deleted", "type-changed"]),
  mode: z.string(),
});

export type Change = z.infer<typeof changeSchema>;
