import { defaultProtection } from "../../core/config/default-protection.ts";
import { finding } from "../../core/finding.ts";
import { breaches } from "../../core/protection-check.ts";
import { verdictOf, type Gate } from "./gate.ts";

/** Existing tests, and what decides how commands run, are as they were at the base. */
export const protectionGate: Gate = async ({ effect, facts, world, name }) => {
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const rules = [...defaultProtection, ...facts.config.protected];
  return verdictOf(breaches(changes, rules).map(({ path, problem }) => finding(name, problem, { path })));
};
