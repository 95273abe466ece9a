import { limits } from "../../core/limits.ts";
import type { Workspace } from "../../core/ports/workspace.ts";

/** The scripts of the root's `package.json` at a commit; none where it cannot be read. */
export async function packageScripts(workspace: Workspace, commit: string): Promise<Record<string, string>> {
  return scriptsOf(await workspace.readFile(commit, "package.json", limits.artifactBytes));
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
