import { finding } from "../../core/finding.ts";
import { breaches } from "../../core/protection-check.ts";
import { verdictOf, type Gate } from "./gate.ts";
import { protectionRules } from "./protection-rules.ts";

/** Existing tests, and what decides how commands run, are as they were at the base. */
export const protectionGate: Gate = async (current) => {
  const { effect, world, name } = current;
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const found = breaches(changes, await protectionRules(current));
  return verdictOf(found.map(({ path, problem }) => finding(name, problem, { path })));
};
