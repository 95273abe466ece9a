import { finding } from "../../core/finding.ts";
import { outOfScope } from "../../core/scope-check.ts";
import { verdictOf, type Gate } from "./gate.ts";

/** The change stays within the task's scope. */
export const scopeGate: Gate = async ({ effect, task, world, name }) => {
  const changes = await world.workspace.changes(effect.base, effect.commit);
  return verdictOf(
    outOfScope(changes, task.spec?.scope ?? []).map(({ path, problem }) => finding(name, problem, { path })),
  );
};
