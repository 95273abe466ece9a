import type { CallResult, NewInput } from "./new-input.ts";
import type { Expectation, ResultExpectation } from "./script.ts";

/** A call that the step before made, under the id that the server gave it. */
export interface PendingCall {
  callId: string;
  kind: "command" | "patch";
}

/** How much of what was found is shown. */
const shownCharacters = 500;

/**
 * Why a request is not the one that a step expects; null where it is. Pure. Every pending call must have its result,
 * and none other may have one; without a pending call there must be a prompt.
 */
export function mismatch(
  expected: Expectation,
  pending: readonly PendingCall[],
  input: NewInput,
): string | null {
  const { user, results, ...single } = expected;
  const stranger = input.results.find(({ callId }) => pending.every((call) => call.callId !== callId));
  if (stranger !== undefined) {
    return `expected ${calls(pending)}, found the result of call ${stranger.callId}`;
  }
  const expectsOne = Object.values(single).some((value) => value !== undefined);
  if (expectsOne && pending.length !== 1) {
    return `the step expects the result of one call, but the step before made ${pending.length}`;
  }
  if ((results?.length ?? 0) > pending.length) {
    return `the step expects ${results?.length} results, but the step before made ${pending.length} calls`;
  }
  for (const [index, call] of pending.entries()) {
    const found = input.results.find(({ callId }) => callId === call.callId);
    if (found === undefined) return `expected the result of call ${call.callId}, found ${describe(input)}`;
    const problem = mismatchOfResult(results?.[index] ?? single, call, found);
    if (problem !== null) return problem;
  }
  if (input.user === null && (pending.length === 0 || user !== undefined)) {
    return `expected a prompt, found ${describe(input)}`;
  }
  return missing("the prompt", user, input.user ?? "");
}

function mismatchOfResult(expected: ResultExpectation, call: PendingCall, found: CallResult): string | null {
  if (expected.patch !== undefined && call.kind !== "patch") {
    return "the step expects the result of a patch, but the step before ran a command";
  }
  const shown = `${found.exitCode ?? "none"}: ${found.output.slice(0, shownCharacters)}`;
  if (expected.patch === "failed" && expected.exitCode === undefined) {
    if (found.exitCode === 0) return `expected a patch that fails, found exit code ${shown}`;
  } else {
    const exitCode = expected.exitCode === undefined ? 0 : expected.exitCode;
    if (found.exitCode !== exitCode) return `expected exit code ${exitCode ?? "none"}, found ${shown}`;
  }
  return missing("the output", expected.output, found.output);
}

function missing(where: string, texts: readonly string[] | undefined, found: string): string | null {
  const text = texts?.find((wanted) => !found.includes(wanted));
  return text === undefined
    ? null
    : `expected '${text}' in ${where}, found: ${found.slice(0, shownCharacters)}`;
}

function calls(pending: readonly PendingCall[]): string {
  if (pending.length === 0) return "a prompt";
  return `the result of ${pending.map(({ callId }) => callId).join(", ")}`;
}

function describe({ results, user }: NewInput): string {
  if (results.length > 0) return `results of ${results.map(({ callId }) => callId).join(", ")}`;
  return user === null ? "nothing new" : `a prompt: ${user.slice(0, shownCharacters)}`;
}
