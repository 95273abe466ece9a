import { finding } from "../../core/finding.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import { verdictOf, type Gate } from "./gate.ts";

/** The verifier accepts. Its findings are the objections. */
export const reviewGate: Gate = ({ attempt, name }) => {
  const parsed = parsePacket("review", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  const { verdict, findings } = parsed.packet;
  if (verdict === "accept") return verdictOf([]);
  return verdictOf(
    findings.map(({ taskId, path, message }) =>
      finding(name, taskId === null ? message : `${taskId}: ${message}`, { path }),
    ),
  );
};
