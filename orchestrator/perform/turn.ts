import { repairPrompt } from "../../agents/prompt-parts.ts";
import type { EffectOf } from "../../core/effect.ts";
import type { RunEventOf } from "../../core/events/run-events.ts";
import { limits } from "../../core/limits.ts";
import { traceparentOf } from "../../core/trace-context.ts";
import { noUsage } from "../../core/usage.ts";
import { packetJsonSchema } from "../../handoffs/packets.ts";
import { briefingFor } from "../briefing.ts";
import type { AttemptState } from "../state.ts";
import type { Surroundings } from "../surroundings.ts";
import { lostWorker } from "../worker-lost.ts";
import type { Performer } from "./performer.ts";
import { targetOf, workerRole } from "./run-facts.ts";
import { tellProgress } from "./turn-progress.ts";

/** One prompt and its answer. What the model or the server does wrong is part of the outcome. */
export const runTurn: Performer<"run-turn"> = {
  probe: (effect, { log }) => Promise.resolve(lost(effect, targetOf(log.state, effect).attempt)),
  async perform(effect, world) {
    const { log, workers, artifacts, clock, signal } = world;
    const held = workers.get(effect.attemptId);
    if (held === undefined) return lost(effect, targetOf(log.state, effect).attempt);
    const prompt = await promptFor(effect, world);
    // Kept while the turn runs; what is told of the turn depends on it, and waits for it.
    const keeping = artifacts.put(prompt, {
      runId: log.state.id,
      name: `prompts/${effect.attemptId}/${effect.ordinal}.md`,
      mediaType: "text/markdown",
    });
    keeping.catch(() => undefined);
    const target = targetOf(log.state, effect);
    const { turnTimeoutMs } = target.facts.pipeline.limits;
    const answerSchema = packetJsonSchema(workerRole(target).gives);
    const intent = log.state.intended.get(effect.id) ?? "";
    const traceparent = traceparentOf(log.state.id, intent);
    const turn = { prompt, answerSchema, traceparent, timeoutMs: turnTimeoutMs, signal };
    const started = clock.now();
    const telling = tellProgress(effect, held.worker, world);
    const outcome = await held.worker.runTurn(turn).finally(telling.stop);
    const [{ digest }] = await Promise.all([keeping, telling.told()]);
    const durationMs = clock.now() - started;
    return finished(effect, { ...outcome, answer: bounded(outcome.answer), prompt: digest, durationMs });
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

/** An answer over the limit is no handoff; it is cut just past the limit, so that the gate can say so. */
function bounded(answer: string | null): string | null {
  if (answer === null || Buffer.byteLength(answer) <= limits.answerBytes) return answer;
  return `${answer.slice(0, limits.answerBytes)}…`;
}
