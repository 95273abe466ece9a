import type { FileUpdateChange, ThreadItem } from "../protocol.ts";

export type PatchItem = Extract<ThreadItem, { type: "fileChange" }>;

/** Changes by path, as the core has them: what is added or deleted whole, what is updated as a diff. */
export function patchChanges(changes: readonly FileUpdateChange[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map(({ path, kind, diff }): [string, unknown] => [
      path,
      kind.type === "update"
        ? { type: "update", unified_diff: diff, move_path: kind.move_path }
        : { type: kind.type, content: diff },
    ]),
  );
}
