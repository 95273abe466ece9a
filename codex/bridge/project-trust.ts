import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { AppServer } from "./app-server.ts";
import type { ThreadSettings } from "./tools.ts";

const effective = z.looseObject({
  config: z.looseObject({
    projects: z.record(z.string(), z.looseObject({ trust_level: z.string().nullish() })).nullish(),
  }),
});

/**
 * Seen with 0.169.0: a thread that may write makes its folder trusted, for good, in the user's `config.toml`, and then starts what
 * the repository's own `.codex` names; `codex mcp-server` did neither. Gives the configuration that says `untrusted`, for every
 * folder on the way to the repository's root on which the user has said nothing.
 */
export async function projectTrust(
  server: AppServer,
  { cwd, config }: ThreadSettings,
): Promise<Record<string, unknown>> {
  if (config?.["projects"] !== undefined) return {};
  const folders = projectFolders(resolve(cwd ?? "."));
  const read = await server.request("config/read", { includeLayers: false }).catch(() => null);
  const said = effective.safeParse(read).data?.config.projects ?? {};
  const silent = folders.filter((folder) => said[folder]?.trust_level == null);
  return { projects: Object.fromEntries(silent.map((folder) => [folder, { trust_level: "untrusted" }])) };
}

/** A folder and its repository's root, as they are named and with links followed. */
function projectFolders(directory: string): readonly string[] {
  return [...new Set([directory, real(directory)].flatMap((folder) => [folder, rootOf(folder)]))];
}

function rootOf(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return directory;
  }
}

function real(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
