import { mismatch, type PendingCall } from "./match-step.ts";
import { newInput, type NewInput } from "./new-input.ts";
import { callKind } from "./render-response.ts";
import type { Action, ItemAction, Step } from "./script.ts";

/** How far a worker's steps are played. */
export interface Progress {
  /** Steps taken. */
  taken: number;
  /** Calls whose results the next request must bring. */
  pending: readonly PendingCall[];
  /** Once something did not match, nothing does any more. */
  failed: boolean;
}

export const notStarted: Progress = { taken: 0, pending: [], failed: false };

/** A step to be played, or why there is none. */
export type Taken =
  | { step: Step; ids: readonly string[]; problem?: never }
  | { problem: string; step?: never; ids?: never };

/** What a request's input comes to. Pure; never throws, whatever the input. `steps` is undefined for an unknown worker. */
export function takeStep(
  steps: readonly Step[] | undefined,
  progress: Progress,
  input: unknown,
): Taken & { progress: Progress } {
  const refuse = (problem: string) => ({ problem, progress: { ...progress, failed: true } });
  if (steps === undefined) return refuse("the script has no such worker");
  if (progress.failed) return refuse("an earlier request did not match, so nothing is played any more");
  const step = steps[progress.taken];
  if (step === undefined) return refuse(`expected no request after the last of ${steps.length} steps`);
  const number = progress.taken + 1;
  const problem = mismatch(step.expect ?? {}, progress.pending, inputFor(progress, newInput(input)));
  if (problem !== null) return refuse(`step ${number}: ${problem}`);
  const actions = actionsOf(step);
  const ids = actions.map((_, index) => `call_${number}${actions.length === 1 ? "" : `_${index + 1}`}`);
  // A request that failed comes again with the same new items.
  const pending = answers(step) ? pendingCalls(actions, ids) : progress.pending;
  return { step, ids, progress: { ...progress, taken: number, pending } };
}

/** A thread that another worker was cut off in brings the results of that one's calls before the prompt. */
function inputFor({ taken }: Progress, input: NewInput): NewInput {
  return taken === 0 && input.user !== null ? { ...input, results: [] } : input;
}

export function actionsOf(step: Step): readonly Action[] {
  return Array.isArray(step.do) ? step.do : [step.do];
}

/** The items of a step's response, or null for one that is no whole response. */
export function itemsOf(step: Step): readonly (ItemAction | { refuse: string })[] | null {
  const items = [];
  for (const action of actionsOf(step)) {
    if ("fail" in action || "cut" in action || "stall" in action) return null;
    if (!("empty" in action)) items.push(action);
  }
  return items;
}

function answers(step: Step): boolean {
  return itemsOf(step) !== null;
}

function pendingCalls(actions: readonly Action[], ids: readonly string[]): PendingCall[] {
  return actions.flatMap((action, index) => {
    const kind = callKind(action);
    const callId = ids[index];
    return kind === null || callId === undefined ? [] : [{ callId, kind }];
  });
}
