import type { GateSpec } from "../pipeline.ts";

/** A gate's name, as verdicts and effects bear it: `scope`, `command:test`, `baseline:test`, `artifact:docs/api.md`. */
export function gateName(gate: GateSpec, command: string | null): string {
  if (gate.kind === "artifact") return `artifact:${gate.path}`;
  if (command === null) return gate.kind;
  return `${gate.kind === "commands" ? "command" : gate.kind}:${command}`;
}
