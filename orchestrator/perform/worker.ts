import { PortcullisError } from "../../core/errors.ts";
import type { AttemptState, TaskState } from "../state.ts";
import { lostWorker } from "../worker-lost.ts";
import { endConfined, startConfined } from "./confined-worker.ts";
import type { Performer } from "./performer.ts";
import { targetOf, workerRole } from "./run-facts.ts";

/** One server with one thread for the attempt, held to its role's access. */
export const startWorker: Performer<"start-worker"> = {
  probe: () => Promise.resolve(lost()),
  async perform(effect, world) {
    const { log, workspace, approvals } = world;
    const target = targetOf(log.state, effect);
    const { attempt, task } = target;
    const role = workerRole(target);
    const checkout = await workspace.findCheckout(attempt.checkoutId ?? "");
    if (checkout === null) throw lostWorkTree(effect.attemptId);
    const { attemptId: workerId, taskKey } = effect;
    const threadId = threadToGoOnWith(task, attempt);
    const held = await startConfined({ workerId, taskKey, checkout, role, approvals, threadId }, world);
    world.workers.set(workerId, held);
    const { pid, startTime, server } = held.worker;
    return { type: "worker.started", payload: { pid, startTime, server: { ...server } } };
  },
};

/**
 * What was refused or cut short goes back to who made it: the thread of the attempt before. One that broke down may be what
 * broke it, and a task that was opened again begins anew.
 */
function threadToGoOnWith(task: TaskState, attempt: AttemptState): string | null {
  const before = task.attempts.find(({ number }) => number === attempt.number - 1);
  if (before === undefined || before.number <= task.openedAt) return null;
  if (before.status !== "failed" && before.status !== "interrupted") return null;
  const told = before.turns.findLast(({ threadId }) => threadId !== null)?.threadId ?? null;
  return told ?? (before.status === "interrupted" ? threadToGoOnWith(task, before) : null);
}

/** Ends the server and all that descends from it; nothing of the worker runs when this is settled. */
export const endWorker: Performer<"end-worker"> = {
  probe: () => Promise.resolve({ type: "worker.ended", payload: { how: "lost" } }),
  async perform({ attemptId }, world) {
    const held = world.workers.get(attemptId);
    if (held === undefined) return { type: "worker.ended", payload: { how: "lost" } };
    const how = await endConfined(held, world);
    world.workers.delete(attemptId);
    return { type: "worker.ended", payload: { how } };
  },
};

function lost() {
  const failure = lostWorker("the orchestrator ended while this worker was started");
  return { type: "effect.failed" as const, payload: { failure } };
}

function lostWorkTree(attemptId: string): PortcullisError {
  return new PortcullisError({
    code: "work-tree.lost",
    kind: "undecided",
    message: `the work tree of ${attemptId} is gone`,
    remedy: "nothing: another attempt is made; leave the state folder alone while a run goes on",
    retryable: true,
  });
}
