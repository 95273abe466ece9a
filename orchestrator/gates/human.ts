import { isoTime } from "../../core/clock.ts";
import { PortcullisError } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import type { HumanAnswer } from "../../core/ports/human-desk.ts";
import { checkoutId } from "../perform/names.ts";
import type { Gate, GateCase, GateOutcome } from "./gate.ts";

/** A person says yes to the candidate. What they said, who it was and when are the evidence. No answer has errored. */
export const humanGate: Gate = async (current) => {
  const { effect, world } = current;
  const { gate } = effect;
  if (gate.kind !== "human") throw notAsked();
  const { workspace, clock, log } = world;
  const answer = await ask(current, gate.question);
  const record = {
    question: gate.question,
    ...answer,
    answeredAt: isoTime(clock.now()),
    commit: effect.commit,
    tree: await workspace.treeOf(effect.commit),
  };
  const { digest } = await world.artifacts.put(`${JSON.stringify(record, null, 2)}\n`, {
    runId: log.state.id,
    name: `evidence/${effect.id}.json`,
    mediaType: "application/json",
  });
  return { ...judgeAnswer(current, gate.question, answer), evidence: digest };
};

async function ask({ effect, facts, world }: GateCase, question: string): Promise<HumanAnswer> {
  const { workspace, human, signal, log } = world;
  const checkout = await workspace.checkOut(checkoutId(log.state.id, `gate-${effect.id}`), effect.commit);
  try {
    return await human.ask({
      runId: log.state.id,
      attemptId: effect.attemptId,
      question,
      goal: facts.goal,
      base: effect.base,
      commit: effect.commit,
      changes: await workspace.changes(effect.base, effect.commit),
      directory: checkout.directory,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limits.humanAnswerMs)]),
    });
  } finally {
    await workspace.removeCheckout(checkout.id);
  }
}

function judgeAnswer({ name }: GateCase, question: string, answer: HumanAnswer): GateOutcome {
  if (answer.answer === "yes") return { verdict: "passed", findings: [] };
  if (answer.answer === "none") {
    return { verdict: "errored", findings: [finding(name, `'${question}' was not answered: ${answer.why}`)] };
  }
  const why = answer.comment === null ? "" : `: ${answer.comment}`;
  return { verdict: "failed", findings: [finding(name, `${answer.by} said no to '${question}'${why}`)] };
}

function notAsked(): PortcullisError {
  return new PortcullisError({
    code: "gate.wrong-kind",
    kind: "defect",
    message: "a gate of another kind was handed to the one that asks a person",
    remedy: "report this with the run's events",
  });
}
