import { modeOf } from "../../core/protection-check.ts";
import type { GateCase } from "./gate.ts";
import { effectRef } from "../perform/names.ts";
import { protectionRules } from "./protection-rules.ts";

/**
 * A commit of the base's tree and the files that the candidate added where protection is `add-only`: its new tests, and
 * nothing else of it. Links are left out.
 */
export async function withNewTests(current: GateCase): Promise<string> {
  const { effect, world } = current;
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const mode = modeOf(await protectionRules(current));
  const paths = changes
    .filter(({ path, kind }) => kind === "added" && mode(path) === "add-only")
    .map(({ path }) => path);
  if (paths.length === 0) return effect.base;
  const { commit } = await world.workspace.addFiles({
    onto: effect.base,
    from: effect.commit,
    paths,
    message: "The base with new tests",
    ref: effectRef(world.log.state.id, effect.id),
  });
  return commit;
}
