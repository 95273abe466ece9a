import { defaultProtection } from "../../core/config/default-protection.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { commandFiles } from "./command-files.ts";
import type { GateCase } from "./gate.ts";
import { packageScripts } from "./package-scripts.ts";
import { shadowingPaths } from "./shadowing-paths.ts";

/**
 * The defaults, the programs that commands and set-up run, what would stand in place of tests, the pipeline's own files, and the
 * repository's own rules; later ones win.
 */
export async function protectionRules(current: GateCase): Promise<readonly ProtectionRule[]> {
  const { effect, facts, world } = current;
  const base = await world.workspace.listFiles(effect.base);
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const added = changes.flatMap(({ path, kind }) => (kind === "added" ? [path] : []));
  const frozen = [
    ...(await programs(current, new Set(base))),
    ...shadowingPaths(base, added),
    ...pipelineFiles(facts),
  ];
  // A glob that protects names its own text as well, whatever characters are in it.
  const own = frozen.map((glob): ProtectionRule => ({ glob, mode: "frozen" }));
  return [...defaultProtection, ...own, ...facts.config.protected];
}

/** What the pipeline itself is made of, where it lies in the repository. */
function pipelineFiles({ pipeline: { source } }: GateCase["facts"]): string[] {
  return source === undefined || source.commit === null ? [] : source.files.map(({ path }) => path);
}

/** Files of the base that the configuration's commands and its set-up run as programs. */
async function programs({ effect, facts, world }: GateCase, known: ReadonlySet<string>): Promise<string[]> {
  const { commands, setup } = facts.config;
  const lines = [...Object.values(commands), ...(setup === null ? [] : [setup])];
  const scripts = await packageScripts(world.workspace, effect.base);
  return commandFiles(lines, scripts).filter((path) => known.has(path));
}
