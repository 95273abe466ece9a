import { z } from "zod";

/** One path that differs between two commits. `mode` is git's, octal, of the later side (the earlier for a deletion). */
export const changeSchema = z.strictObject({
  path: z.string(),
  kind: z.enum(["added", "modified", "deleted", "type-changed"]),
  mode: z.string(),
});

export type Change = z.infer<typeof changeSchema>;

/** One side of a change: git's mode, octal, the content's id and its size; a submodule has no size. */
export interface ChangeSide {
  mode: string;
  object: string;
  bytes: number;
}

/** A change with what it is made of. */
export interface MeasuredChange {
  path: string;
  kind: Change["kind"];
  /** Null for an addition. */
  before: ChangeSide | null;
  /** Null for a deletion. */
  after: ChangeSide | null;
  /** Null for what git takes for binary, be it because an attribute says so. */
  lines: { added: number; deleted: number } | null;
}
