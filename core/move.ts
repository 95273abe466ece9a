import { z } from "zod";

/**
 * What a lead may choose. `dispatch`: begin a task that is ready. `retry`: another attempt at a task whose last one
 * failed. `reopen`: work again on what the verifier rejected. `give-up`: end the run as failed because of that task.
 */
export const moveSchema = z.strictObject({
  kind: z.enum(["dispatch", "retry", "reopen", "give-up"]),
  taskKey: z.string(),
});

export type Move = z.infer<typeof moveSchema>;

export function sameMove(a: Move, b: Move): boolean {
  return a.kind === b.kind && a.taskKey === b.taskKey;
}
