import type { WorkerActivity } from "../index.ts";
import { firstLine } from "./print.ts";

const quietMs = 30_000;

/** A worker's trouble in one line, e.g. `execute/x#1: Reconnecting… 2/5`; null for all else that it does. */
export function troubleLine(attemptId: string, activity: WorkerActivity): string | null {
  if (activity.kind !== "trouble") return null;
  return `${attemptId}: ${firstLine(activity.text.replaceAll("...", "…"), 160)}`;
}

/** Passes on one notice in 30 s: a network that is away says so again and again. */
export function atMostEvery30s(
  notice: (text: string) => void,
  now: () => number = () => performance.now(),
): (text: string) => void {
  let last = -Infinity;
  return (text) => {
    if (now() - last < quietMs) return;
    last = now();
    notice(text);
  };
}
