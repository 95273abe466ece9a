import { repairPrompt } from "../../agents/prompt-parts.ts";
import type { EffectOf } from "../../core/effect.ts";
import type { RunEventOf } from "../../core/events/run-events.ts";
import { noUsage } from "../../core/usage.ts";
import { briefingFor } from "../briefing.ts";
import { commandRuns, plannedGates } from "../gate-plan.ts";
import type { AttemptState } from "../state.ts";
import type { Surroundings } from "../surroundings.ts";
import { lostWorker } from "../worker-lost.ts";
import type { Performer } from "./performer.ts";
import { runRecordedTurn } from "./recorded-turn.ts";
import { targetOf, workerRole, type Target } from "./run-facts.ts";
import { tellProgress } from "./turn-progress.ts";

/** One prompt and its answer. What the model or the server does wrong is part of the outcome. */
export const runTurn: Performer<"run-turn"> = {
  probe: (effect, { log }) => Promise.resolve(lost(effect, targetOf(log.state, effect).attempt)),
  async perform(effect, world) {
    const held = world.workers.get(effect.attemptId);
    if (held === undefined) return lost(effect, targetOf(world.log.state, effect).attempt);
    const prompt = await promptFor(effect, world);
    const target = targetOf(world.log.state, effect);
    expectGates(target, world);
    const { gives } = workerRole(target);
    const { id: effectId, attemptId: workerId, ordinal } = effect;
    const turn = { workerId, ordinal, prompt, gives, effectId };
    const telling = tellProgress(effect, held.worker, world);
    const outcome = await runRecordedTurn(held.worker, turn, world).finally(telling.stop);
    await telling.told();
    return finished(effect, outcome);
  },
};

/** While the turn runs, checkouts are made for the commands that will judge it: of what it started from, not far from what it makes. */
function expectGates({ facts, stage, task, attempt }: Target, { checkouts, log }: Surroundings): void {
  const { environment } = log.state;
  const count = commandRuns(plannedGates(facts, stage, task));
  if (environment !== null) checkouts.expect({ count, commit: attempt.from, environment });
}

async function promptFor(effect: EffectOf<"run-turn">, { log, workspace }: Surroundings): Promise<string> {
  const target = targetOf(log.state, effect);
  const role = workerRole(target);
  if (effect.purpose === "repair") return repairPrompt(role.gives, effect.findings);
  const { base, from } = target.attempt;
  const judges = role.gives === "review";
  const changes = judges ? await workspace.changes(base, from) : [];
  return role.prompt(briefingFor(log.state, target.facts, target, changes));
}

/** What is known of a turn that an orchestrator did not see to its end. */
function lost(effect: EffectOf<"run-turn">, { turns, progress }: AttemptState): RunEventOf<"turn.finished"> {
  const told = progress?.ordinal === effect.ordinal ? progress : null;
  return finished(effect, {
    threadId: told?.threadId ?? turns.at(-1)?.threadId ?? null,
    prompt: "",
    answer: null,
    usage: told?.usage ?? noUsage,
    failure: lostWorker("the worker was gone before its turn ended"),
    durationMs: 0,
  });
}

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
