import type { ApprovalDecision, ApprovalRequest } from "../../core/approval.ts";
import { isoTime } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { AgentWorker, WorkerObserver } from "../../core/ports/agent-server.ts";
import type { ApprovalDesk } from "../../core/ports/approval-desk.ts";
import type { Checkout } from "../../core/ports/workspace.ts";
import type { Role } from "../../agents/role.ts";
import { everythingBut } from "../everything-but.ts";
import type { Surroundings } from "../surroundings.ts";

export interface ConfinedRequest {
  /** An attempt's id, or one like it; wire events and approvals bear it. */
  workerId: string;
  taskKey: string;
  checkout: Checkout;
  role: Pick<Role, "access" | "instructions">;
  approvals: ApprovalDesk;
  threadId: string | null;
}

/** A worker with the folder for its temporary files. */
export interface HeldWorker {
  worker: AgentWorker;
  temporaryDirectory: string;
}

/** One server with one thread that reads of the state folder no more than its own checkout and the environment. */
export async function startConfined(request: ConfinedRequest, world: Surroundings): Promise<HeldWorker> {
  const { workerId, checkout, role, threadId } = request;
  const { folders, agentServer } = world;
  const temporaryDirectory = await folders.makeTemporary(workerId);
  const kept = [checkout.directory, checkout.gitDirectory, temporaryDirectory, ...environmentFolders(world)];
  try {
    const worker = await agentServer.startWorker(
      {
        workerId,
        directory: checkout.directory,
        temporaryDirectory,
        access: role.access,
        instructions: role.instructions,
        environment: world.commandEnvironment(checkout.directory),
        denied: [...(await everythingBut(folders.stateDirectory, kept)), ...world.denied],
        threadId,
      },
      observerOf(request, world),
    );
    return { worker, temporaryDirectory };
  } catch (error) {
    await folders.removeTemporary(temporaryDirectory);
    throw error;
  }
}

/** Ends the server and all that descends from it. */
export async function endConfined(
  { worker, temporaryDirectory }: HeldWorker,
  { folders, wire }: Surroundings,
): Promise<"ended" | "killed"> {
  const how = await worker.end();
  await Promise.all([folders.removeTemporary(temporaryDirectory), wire.flush()]);
  return how;
}

function environmentFolders({ log, environments }: Surroundings): readonly string[] {
  const { environment } = log.state;
  return environment === null ? [] : [environments.directoryOf(environment.key)];
}

function observerOf(request: ConfinedRequest, world: Surroundings): WorkerObserver {
  const { workerId: attemptId, taskKey, approvals } = request;
  const runId = world.log.state.id;
  return {
    wire: (event) => world.wire.record({ ...event, runId, attemptId, time: isoTime(world.clock.now()) }),
    activity: (activity) => world.activity(attemptId, activity),
    approve: async (asked) => {
      const decision = await decideApproval(asked, approvals, { runId, attemptId });
      const event = { type: "approval.decided" as const, payload: { request: asked, decision } };
      await world.log.append([{ event, taskKey, attemptId, actor: decision.by }]);
      return decision;
    },
  };
}

async function decideApproval(
  request: ApprovalRequest,
  approvals: ApprovalDesk,
  context: { runId: string; attemptId: string },
): Promise<ApprovalDecision> {
  try {
    return await approvals.decide(request, context);
  } catch (error) {
    return { decision: "denied", by: "policy", why: `the request could not be decided: ${messageOf(error)}` };
  }
}
