import type { Effect } from "../../core/effect.ts";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import type { Failure, RunEvent } from "../../core/events/run-events.ts";
import type { Surroundings } from "../surroundings.ts";
import { commit } from "./commit.ts";
import { prepareEnvironment } from "./environment.ts";
import { judge } from "./judge.ts";
import { merge } from "./merge.ts";
import type { Performer } from "./performer.ts";
import { publishBranch } from "./publish.ts";
import { runTurn } from "./turn.ts";
import { salvage } from "./salvage.ts";
import { endWorker, startWorker } from "./worker.ts";
import { prepareWorkTree } from "./work-tree.ts";

const performers: { [K in Effect["kind"]]: Performer<K> } = {
  "prepare-environment": prepareEnvironment,
  "prepare-work-tree": prepareWorkTree,
  "start-worker": startWorker,
  "run-turn": runTurn,
  "end-worker": endWorker,
  commit,
  salvage,
  judge,
  merge,
  "publish-branch": publishBranch,
};

/** Does an effect and gives the event that settles it. Never rejects: a failure is an event too. */
export async function performEffect(effect: Effect, world: Surroundings): Promise<RunEvent> {
  try {
    return await performerOf(effect).perform(effect, world);
  } catch (error) {
    return { type: "effect.failed", payload: { failure: failureOf(error) } };
  }
}

/** What became of an effect that was under way when an orchestrator ended. Null: it may be done (again). */
export function probeEffect(effect: Effect, world: Surroundings): Promise<RunEvent | null> {
  return performerOf(effect).probe(effect, world);
}

function performerOf(effect: Effect): Performer<Effect["kind"]> {
  return performers[effect.kind] as Performer<Effect["kind"]>;
}

function failureOf(error: unknown): Failure {
  if (error instanceof PortcullisError) {
    const { code, message, remedy, retryable } = error;
    return { code, message, remedy, retryable };
  }
  return {
    code: "defect",
    message: `unexpected: ${messageOf(error)}`,
    remedy: "report this with the run's events",
    retryable: false,
  };
}
