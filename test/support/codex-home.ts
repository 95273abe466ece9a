import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScriptServer } from "../../replay/serve-script.ts";
import { scratchDirectory } from "./scratch.ts";

/** A Codex home whose configuration leads to a script's worker: no call has to say it. */
export function codexHomeWith(script: ScriptServer, worker: string): string {
  const codexHome = scratchDirectory("codex-home");
  const { base_url } = script.configFor(worker).model_providers.script;
  const provider = `[model_providers.script]\nname = "script"\nbase_url = "${base_url}"\nwire_api = "responses"`;
  const head = `model = "${script.model}"\nmodel_provider = "script"\n[features]\nshell_snapshot = false`;
  writeFileSync(join(codexHome, "config.toml"), `${head}\n${provider}\n`);
  return codexHome;
}
