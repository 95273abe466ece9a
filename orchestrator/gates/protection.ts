import { defaultProtection } from "../../core/config/default-protection.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { breaches } from "../../core/protection-check.ts";
import { commandFiles } from "./command-files.ts";
import { verdictOf, type Gate, type GateCase } from "./gate.ts";

/** Existing tests, and what decides how commands run, are as they were at the base. */
export const protectionGate: Gate = async (current) => {
  const { effect, facts, world, name } = current;
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const rules = [
    ...defaultProtection,
    ...(await programRules(current)),
    ...pipelineRules(facts),
    ...facts.config.protected,
  ];
  return verdictOf(breaches(changes, rules).map(({ path, problem }) => finding(name, problem, { path })));
};

/** What the pipeline itself is made of, where it lies in the repository. */
function pipelineRules({ pipeline: { source } }: GateCase["facts"]): ProtectionRule[] {
  if (source === undefined || source.commit === null) return [];
  return source.files.map(({ path }) => ({ glob: path, mode: "frozen" }));
}

/** Files of the base that the configuration's commands run as programs. */
async function programRules({ effect, facts, world }: GateCase): Promise<ProtectionRule[]> {
  const manifest = await world.workspace.readFile(effect.base, "package.json", limits.artifactBytes);
  const lines = Object.values(facts.config.commands);
  const known = new Set(await world.workspace.listFiles(effect.base));
  const programs = commandFiles(lines, scriptsOf(manifest)).filter((path) => known.has(path));
  return programs.map((path) => ({ glob: path, mode: "frozen" }));
}

function scriptsOf(manifest: Uint8Array | null): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(manifest ?? "{}").toString("utf8"));
    const scripts: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "scripts") : {};
    const entries = Object.entries(typeof scripts === "object" && scripts !== null ? scripts : {});
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}
