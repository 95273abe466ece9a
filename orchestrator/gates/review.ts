import { finding } from "../../core/finding.ts";
import { isRubricReview } from "../../core/gates/review.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import { verdictOf, type Gate } from "./gate.ts";
import { objectionsOf } from "./objections.ts";
import { rubricReview } from "./rubric-review.ts";

/** The verifier accepts, or, with a rubric, a second agent does. Its findings are the objections. */
export const reviewGate: Gate = (current) => {
  const { effect, attempt, name } = current;
  if (isRubricReview(effect.gate)) return rubricReview(current, effect.gate);
  const parsed = parsePacket("review", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  return verdictOf(parsed.packet.verdict === "accept" ? [] : objectionsOf(name, parsed.packet));
};
