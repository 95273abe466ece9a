import { fileURLToPath } from "node:url";
import type { HostPlace } from "./messages.ts";

const frame = /(?<path>(?:file:\/\/)?\/[^\n()]*?):(?<line>\d+)(?::(?<column>\d+))?(?=\)?\n|\)?$)/g;

/** The first place of a stack, or of what Node prints about a syntax error, that lies in a file of the pipeline's. */
export function placeIn(stack: string, isOwn: (path: string) => boolean): HostPlace | null {
  for (const { groups } of stack.matchAll(frame)) {
    const path = pathOf(groups?.["path"] ?? "");
    if (!isOwn(path)) continue;
    const column = groups?.["column"];
    return { path, line: Number(groups?.["line"]), column: column === undefined ? null : Number(column) };
  }
  return null;
}

function pathOf(named: string): string {
  try {
    return named.startsWith("file:") ? fileURLToPath(named.replace(/[?#].*$/, "")) : named;
  } catch {
    return named;
  }
}
