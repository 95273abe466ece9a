import { defaultProtection } from "../../core/config/default-protection.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { breaches } from "../../core/protection-check.ts";
import { commandFiles } from "./command-files.ts";
import { verdictOf, type Gate, type GateCase } from "./gate.ts";
import { shadowingPaths } from "./shadowing-paths.ts";

/** Existing tests, and what decides how commands run, are as they were at the base. */
export const protectionGate: Gate = async (current) => {
  const { effect, facts, world, name } = current;
  const changes = await world.workspace.changes(effect.base, effect.commit);
  const base = await world.workspace.listFiles(effect.base);
  const added = changes.flatMap(({ path, kind }) => (kind === "added" ? [path] : []));
  const frozen = [...(await programs(current, new Set(base))), ...shadowingPaths(base, added)];
  const rules: ProtectionRule[] = [
    ...defaultProtection,
    // A glob names itself, whatever characters it has.
    ...frozen.map((glob): ProtectionRule => ({ glob, mode: "frozen" })),
    ...facts.config.protected,
  ];
  return verdictOf(breaches(changes, rules).map(({ path, problem }) => finding(name, problem, { path })));
};

/** Files of the base that the configuration's commands and its set-up run as programs. */
async function programs({ effect, facts, world }: GateCase, known: ReadonlySet<string>): Promise<string[]> {
  const { commands, setup } = facts.config;
  const manifest = await world.workspace.readFile(effect.base, "package.json", limits.artifactBytes);
  const lines = [...Object.values(commands), ...(setup === null ? [] : [setup])];
  return commandFiles(lines, scriptsOf(manifest)).filter((path) => known.has(path));
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
