import type { RubricReview } from "../../core/gates/review.ts";
import type { Review } from "../../handoffs/review.ts";
import type { RecordedTurn } from "../perform/recorded-turn.ts";
import type { GateCase } from "./gate.ts";

interface Reviewed {
  gate: RubricReview;
  workerId: string;
  /** Null where the reviewer gave no verdict. */
  review: Review | null;
  turns: readonly RecordedTurn[];
}

/** Keeps what a reviewer was asked and what it said; gives the digest of the record, which is the gate's evidence. */
export async function keepReview(
  { effect, world }: GateCase,
  { gate, workerId, review, turns }: Reviewed,
): Promise<string> {
  const { artifacts, log, workspace } = world;
  const keep = async (name: string, mediaType: string, content: string): Promise<string> =>
    (await artifacts.put(content, { runId: log.state.id, name, mediaType })).digest;
  const asked = [];
  for (const [index, { prompt, answer, failure, threadId, durationMs, usage }] of turns.entries()) {
    const kept =
      answer === null ? null : await keep(`answers/${workerId}/${index + 1}.txt`, "text/plain", answer);
    asked.push({ threadId, prompt, answer: kept, failure, durationMs, usage });
  }
  const record = {
    reviewer: workerId,
    threadId: turns.at(-1)?.threadId ?? null,
    rubric: gate.rubric,
    commit: effect.commit,
    tree: await workspace.treeOf(effect.commit),
    review,
    /** Prompts and answers by digest; the last answer is the handoff. */
    turns: asked,
  };
  return keep(`evidence/${effect.id}.json`, "application/json", `${JSON.stringify(record, null, 2)}\n`);
}
