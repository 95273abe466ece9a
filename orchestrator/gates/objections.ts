import { finding, type Finding } from "../../core/finding.ts";
import type { Review } from "../../handoffs/review.ts";

/** A review's findings as objections of a gate, each with the task that it names. */
export function objectionsOf(gate: string, { findings }: Review): readonly Finding[] {
  return findings.map(({ taskId, path, message }) =>
    finding(gate, taskId === null ? message : `${taskId}: ${message}`, { path }),
  );
}
