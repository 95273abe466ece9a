import { limits } from "../../core/limits.ts";
import type { AgentWorker, TurnOutcome } from "../../core/ports/agent-server.ts";
import { traceparentOf } from "../../core/trace-context.ts";
import { packetJsonSchema, type PacketKind } from "../../handoffs/packets.ts";
import type { Surroundings } from "../surroundings.ts";
import { runFacts } from "./run-facts.ts";

export interface RecordedTurn extends TurnOutcome {
  /** Digest of the prompt that was sent. */
  prompt: string;
  durationMs: number;
}

/** One prompt, which is kept, and the answer to it, within the pipeline's deadline of a turn. */
export async function runRecordedTurn(
  worker: AgentWorker,
  turn: { workerId: string; ordinal: number; prompt: string; gives: PacketKind; effectId: string },
  { log, artifacts, clock, signal }: Surroundings,
): Promise<RecordedTurn> {
  const { prompt } = turn;
  // Kept while the turn runs; what is told of the turn depends on it, and waits for it.
  const keeping = artifacts.put(prompt, {
    runId: log.state.id,
    name: `prompts/${turn.workerId}/${turn.ordinal}.md`,
    mediaType: "text/markdown",
  });
  keeping.catch(() => undefined);
  const answerSchema = packetJsonSchema(turn.gives);
  const traceparent = traceparentOf(log.state.id, log.state.intended.get(turn.effectId) ?? "");
  const { turnTimeoutMs: timeoutMs } = runFacts(log.state).pipeline.limits;
  const started = clock.now();
  const outcome = await worker.runTurn({ prompt, answerSchema, traceparent, timeoutMs, signal });
  const { digest } = await keeping;
  const durationMs = clock.now() - started;
  return { ...outcome, answer: bounded(outcome.answer), prompt: digest, durationMs };
}

/** An answer over the limit is no handoff; it is cut just past the limit, so that the gate can say so. */
function bounded(answer: string | null): string | null {
  if (answer === null || Buffer.byteLength(answer) <= limits.answerBytes) return answer;
  return `${answer.slice(0, limits.answerBytes)}…`;
}
