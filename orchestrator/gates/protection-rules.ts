import { defaultProtection } from "../../core/config/default-protection.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { commandFiles } from "./command-files.ts";
import type { GateCase } from "./gate.ts";
import { packageScripts } from "./package-scripts.ts";

/** The defaults, the programs that the commands run, the pipeline's files, and the repository's own rules; later ones win. */
export async function protectionRules(current: GateCase): Promise<readonly ProtectionRule[]> {
  const { facts } = current;
  return [
    ...defaultProtection,
    ...(await programRules(current)),
    ...pipelineRules(facts),
    ...facts.config.protected,
  ];
}

/** What the pipeline itself is made of, where it lies in the repository. */
function pipelineRules({ pipeline: { source } }: GateCase["facts"]): ProtectionRule[] {
  if (source === undefined || source.commit === null) return [];
  return source.files.map(({ path }) => ({ glob: path, mode: "frozen" }));
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
