import { repairPrompt } from "../../agents/prompt-parts.ts";
import type { EffectOf } from "../../core/effect.ts";
import type { Failure, RunEventOf } from "../../core/events/run-events.ts";
import { noUsage } from "../../core/usage.ts";
import { briefingFor } from "../briefing.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Performer } from "./performer.ts";
import { runRecordedTurn } from "./recorded-turn.ts";
import { targetOf, workerRole } from "./run-facts.ts";

/** One prompt and its answer. What the model or the server does wrong is part of the outcome. */
export const runTurn: Performer<"run-turn"> = {
  probe: (effect) => Promise.resolve(finished(effect, { ...noTurn, failure: lostTurn })),
  async perform(effect, world) {
    const held = world.workers.get(effect.attemptId);
    if (held === undefined) return finished(effect, { ...noTurn, failure: lostTurn });
    const prompt = await promptFor(effect, world);
    const { gives } = workerRole(targetOf(world.log.state, effect));
    const { id: effectId, attemptId: workerId, ordinal } = effect;
    const turn = { workerId, ordinal, prompt, gives, effectId };
    return finished(effect, await runRecordedTurn(held.worker, turn, world));
  },
};

async function promptFor(effect: EffectOf<"run-turn">, { log, workspace }: Surroundings): Promise<string> {
  const target = targetOf(log.state, effect);
  const role = workerRole(target);
  if (effect.purpose === "repair") return repairPrompt(role.gives, effect.findings);
  const { base, from } = target.attempt;
  const judges = role.gives === "review";
  const changes = judges ? await workspace.changes(base, from) : [];
  return role.prompt(briefingFor(log.state, target.facts, target, changes));
}

const noTurn = { threadId: null, prompt: "", answer: null, usage: noUsage, failure: null, durationMs: 0 };

const lostTurn: Failure = {
  code: "worker.lost",
  message: "the worker was gone before its turn ended",
  remedy: "nothing: another attempt is made",
  retryable: true,
};

function finished(
  { ordinal }: EffectOf<"run-turn">,
  turn: Omit<RunEventOf<"turn.finished">["payload"], "ordinal">,
): RunEventOf<"turn.finished"> {
  const { threadId, prompt, answer, usage, failure, durationMs } = turn;
  return {
    type: "turn.finished",
    payload: { ordinal, threadId, prompt, answer, usage, failure, durationMs },
  };
}
