import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { AppServer } from "./app-server.ts";
import type { ThreadSettings } from "./tools.ts";

const effective = z.looseObject({
  config: z.looseObject({
    approval_policy: z.unknown().optional(),
    projects: z.record(z.string(), z.looseObject({ trust_level: z.string().nullish() })).nullish(),
  }),
});

/**
 * Seen with 0.169.0: a thread that may write makes its folder trusted, for good, in the user's `config.toml`, and then starts what
 * the repository's own `.codex` names; `codex mcp-server` did neither. Gives the configuration that says `untrusted`, for the folder
 * and its repository's root where the user has said nothing of them, and the approval policy that goes without saying: in a folder
 * that is said to be untrusted Codex would ask about nearly every command.
 */
export async function projectTrust(
  server: AppServer,
  { cwd, config }: ThreadSettings,
): Promise<{ config: Record<string, unknown>; approvalPolicy: "on-request" | null }> {
  if (config?.["projects"] !== undefined) return { config: {}, approvalPolicy: null };
  const folders = projectFolders(resolve(cwd ?? "."));
  const read = await server.request("config/read", { includeLayers: false }).catch(() => null);
  const own = effective.safeParse(read).data?.config;
  const silent = folders.filter((folder) => own?.projects?.[folder]?.trust_level == null);
  const policyIsSaid = (own?.approval_policy ?? config?.["approval_policy"] ?? null) !== null;
  return {
    config: { projects: Object.fromEntries(silent.map((folder) => [folder, { trust_level: "untrusted" }])) },
    approvalPolicy: silent.length > 0 && !policyIsSaid ? "on-request" : null,
  };
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
