import { defaultProtection } from "../../core/config/default-protection.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { commandFiles } from "./command-files.ts";
import type { GateCase } from "./gate.ts";
import { packageScripts } from "./package-scripts.ts";

/** The defaults, the programs that the commands run, and the repository's own rules; later ones win. */
export async function protectionRules(current: GateCase): Promise<readonly ProtectionRule[]> {
  return [...defaultProtection, ...(await programRules(current)), ...current.facts.config.protected];
}

/** Files of the base that the configuration's commands run as programs. */
async function programRules({ effect, facts, world }: GateCase): Promise<ProtectionRule[]> {
  const lines = Object.values(facts.config.commands);
  const known = new Set(await world.workspace.listFiles(effect.base));
  const programs = commandFiles(lines, await packageScripts(world.workspace, effect.base)).filter((path) =>
    known.has(path),
  );
  // A glob that protects names its own text as well, whatever characters are in it.
  return programs.map((path) => ({ glob: path, mode: "frozen" }));
}
