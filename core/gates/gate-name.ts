import type { GateSpec } from "../pipeline.ts";
import { isRubricReview, rubricReviewPrefix } from "./review.ts";

/**
 * A gate's name, as verdicts and effects bear it: `scope`, `command:test`, `baseline:test`, `artifact:docs/api.md`, `custom:size.ts#named`,
 * `review` (the verifier's own), `review:rubric` (a second agent's).
 * Two gates of one stage have different names: the second would else stand as judged by the first.
 */
export function gateName(gate: GateSpec, command: string | null): string {
  if (gate.kind === "artifact") return `artifact:${gate.path}`;
  if (gate.kind === "baseline") return `baseline:${gate.command}`;
  if (gate.kind === "custom") return customName(gate);
  if (isRubricReview(gate)) return `${rubricReviewPrefix}${gate.name ?? "rubric"}`;
  return gate.kind === "commands" && command !== null ? `command:${command}` : gate.kind;
}

function customName(gate: Extract<GateSpec, { kind: "custom" }>): string {
  const exported = gate.export === undefined ? "" : `#${gate.export}`;
  return `custom:${gate.module.replace(/^\.\//, "")}${exported}`;
}
