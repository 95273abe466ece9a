import type { NewInput } from "./new-input.ts";
import type { Step } from "./script.ts";

/** Why a request is not the one that a step expects; null where it is. Pure. `callId`: what the step before called. */
export function mismatch(step: Step, input: NewInput, callId: string | null): string | null {
  const expected = step.expect ?? {};
  if (callId !== null) {
    const result = input.results.find((candidate) => candidate.callId === callId);
    if (result === undefined) return `expected the result of call ${callId}, found ${describe(input)}`;
    const exitCode = expected.exitCode ?? 0;
    if (result.exitCode !== exitCode) {
      return `expected exit code ${exitCode}, found ${result.exitCode}: ${result.output.slice(0, 500)}`;
    }
    return missing("the output", expected.output, result.output);
  }
  if (input.user === null) return `expected a prompt, found ${describe(input)}`;
  if (expected.exitCode !== undefined || expected.output !== undefined) {
    return "the step expects the result of a command, but the step before ran none";
  }
  return missing("the prompt", expected.user, input.user);
}

function missing(where: string, texts: readonly string[] | undefined, found: string): string | null {
  const text = texts?.find((wanted) => !found.includes(wanted));
  return text === undefined ? null : `expected '${text}' in ${where}, found: ${found.slice(0, 500)}`;
}

function describe(input: NewInput): string {
  if (input.results.length > 0) return `results of ${input.results.map(({ callId }) => callId).join(", ")}`;
  return input.user === null ? "nothing new" : `a prompt: ${input.user.slice(0, 200)}`;
}
