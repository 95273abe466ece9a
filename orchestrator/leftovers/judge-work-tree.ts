import { checkoutId } from "../perform/names.ts";
import type { RunState } from "../state.ts";

/**
 * What a work tree of a run is to it, which nobody works on now. `needed`: the run can go on, in it; `standing`: it can go on, and a
 * commit has what lies in it; `saved`: it cannot, and a commit has it; `unsure`: only looking into it tells; `passing`: made for a
 * gate, or for nothing that the log knows.
 */
export type TreeUse = "needed" | "standing" | "saved" | "unsure" | "passing";

const canGoOn = ["pending", "running", "paused", "interrupted", "errored"];

export function useOfTree(id: string, state: RunState): TreeUse {
  const attempts = [...state.tasks.values()].flatMap((task) => task.attempts);
  const attempt = attempts.find((one) => one.checkoutId === id || checkoutId(state.id, one.id) === id);
  // One that is being prepared has no work yet; the attempt makes it anew.
  if (attempt === undefined) return "passing";
  const isSaved = attempt.candidate !== null;
  if (canGoOn.includes(state.status)) return isSaved ? "standing" : "needed";
  return isSaved ? "saved" : "unsure";
}
