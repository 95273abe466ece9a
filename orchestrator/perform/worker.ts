import type { ApprovalDecision, ApprovalRequest } from "../../core/approval.ts";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import { isoTime } from "../../core/clock.ts";
import type { EffectOf } from "../../core/effect.ts";
import type { WorkerObserver } from "../../core/ports/agent-server.ts";
import { everythingBut } from "../everything-but.ts";
import type { AttemptState, TaskState } from "../state.ts";
import type { Surroundings } from "../surroundings.ts";
import { lostWorker } from "../worker-lost.ts";
import type { Performer } from "./performer.ts";
import { targetOf, workerRole } from "./run-facts.ts";

/** One server with one thread for the attempt, held to its role's access. */
export const startWorker: Performer<"start-worker"> = {
  probe: () => Promise.resolve(lost()),
  async perform(effect, world) {
    const { log, workspace, folders, agentServer } = world;
    const target = targetOf(log.state, effect);
    const { attempt, task } = target;
    const role = workerRole(target);
    const checkout = await workspace.findCheckout(attempt.checkoutId ?? "");
    if (checkout === null) throw lostWorkTree(effect.attemptId);
    const temporaryDirectory = await folders.makeTemporary(effect.attemptId);
    const kept = [
      checkout.directory,
      checkout.gitDirectory,
      temporaryDirectory,
      ...environmentFolders(world),
    ];
    const worker = await agentServer.startWorker(
      {
        workerId: effect.attemptId,
        directory: checkout.directory,
        temporaryDirectory,
        access: role.access,
        instructions: role.instructions,
        environment: world.commandEnvironment(checkout.directory),
        denied: [...(await everythingBut(folders.stateDirectory, kept)), ...world.denied],
        threadId: threadToGoOnWith(task, attempt),
      },
      observerOf(effect, world),
    );
    world.workers.set(effect.attemptId, { worker, temporaryDirectory });
    const { pid, startTime, server } = worker;
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
  async perform(effect, { workers, folders, wire }) {
    const held = workers.get(effect.attemptId);
    if (held === undefined) return { type: "worker.ended", payload: { how: "lost" } };
    const how = await held.worker.end();
    workers.delete(effect.attemptId);
    await Promise.all([folders.removeTemporary(held.temporaryDirectory), wire.flush()]);
    return { type: "worker.ended", payload: { how } };
  },
};

function environmentFolders({ log, environments }: Surroundings): readonly string[] {
  const { environment } = log.state;
  return environment === null ? [] : [environments.directoryOf(environment.key)];
}

function observerOf(effect: EffectOf<"start-worker">, world: Surroundings): WorkerObserver {
  const { attemptId, taskKey } = effect;
  const runId = world.log.state.id;
  return {
    wire: (event) => world.wire.record({ ...event, runId, attemptId, time: isoTime(world.clock.now()) }),
    activity: (activity) => world.activity(attemptId, activity),
    approve: async (request) => {
      const decision = await decideApproval(request, world, { runId, attemptId });
      const event = { type: "approval.decided" as const, payload: { request, decision } };
      await world.log.append([{ event, taskKey, attemptId, actor: decision.by }]);
      return decision;
    },
  };
}

async function decideApproval(
  request: ApprovalRequest,
  { approvals }: Surroundings,
  context: { runId: string; attemptId: string },
): Promise<ApprovalDecision> {
  try {
    return await approvals.decide(request, context);
  } catch (error) {
    return { decision: "denied", by: "policy", why: `the request could not be decided: ${messageOf(error)}` };
  }
}

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
