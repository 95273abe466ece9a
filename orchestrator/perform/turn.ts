import { repairPrompt } from "../../agents/prompt-parts.ts";
import type { EffectOf } from "../../core/effect.ts";
import type { Failure, RunEventOf } from "../../core/events/run-events.ts";
import { limits } from "../../core/limits.ts";
import { traceparentOf } from "../../core/trace-context.ts";
import { noUsage } from "../../core/usage.ts";
import { packetJsonSchema } from "../../handoffs/packets.ts";
import { briefingFor } from "../briefing.ts";
import { commandRuns, plannedGates } from "../gate-plan.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Performer } from "./performer.ts";
import { targetOf, workerRole, type Target } from "./run-facts.ts";

/** One prompt and its answer. What the model or the server does wrong is part of the outcome. */
export const runTurn: Performer<"run-turn"> = {
  probe: (effect) => Promise.resolve(finished(effect, { ...noTurn, failure: lostTurn })),
  async perform(effect, world) {
    const { log, workers, artifacts, clock, signal } = world;
    const held = workers.get(effect.attemptId);
    if (held === undefined) return finished(effect, { ...noTurn, failure: lostTurn });
    const prompt = await promptFor(effect, world);
    // Kept while the turn runs; what is told of the turn depends on it, and waits for it.
    const keeping = artifacts.put(prompt, {
      runId: log.state.id,
      name: `prompts/${effect.attemptId}/${effect.ordinal}.md`,
      mediaType: "text/markdown",
    });
    keeping.catch(() => undefined);
    const target = targetOf(log.state, effect);
    expectGates(target, world);
    const { turnTimeoutMs } = target.facts.pipeline.limits;
    const answerSchema = packetJsonSchema(workerRole(target).gives);
    const intent = log.state.intended.get(effect.id) ?? "";
    const traceparent = traceparentOf(log.state.id, intent);
    const turn = { prompt, answerSchema, traceparent, timeoutMs: turnTimeoutMs, signal };
    const started = clock.now();
    const outcome = await held.worker.runTurn(turn);
    const { digest } = await keeping;
    const durationMs = clock.now() - started;
    return finished(effect, { ...outcome, answer: bounded(outcome.answer), prompt: digest, durationMs });
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

/** An answer over the limit is no handoff; it is cut just past the limit, so that the gate can say so. */
function bounded(answer: string | null): string | null {
  if (answer === null || Buffer.byteLength(answer) <= limits.answerBytes) return answer;
  return `${answer.slice(0, limits.answerBytes)}…`;
}
