import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { WorkerRequest } from "../core/ports/agent-server.ts";

/**
 * Codex configuration that keeps a worker in its place; measured on both servers (docs/codex-wire.md). It goes into the tool
 * call, without `sandbox`: there a profile wins. The more specific path wins, so that a work tree inside a denied
 * folder can be used. Shell snapshots would bring excluded variables back.
 */
export function permissionConfig(request: WorkerRequest, codexHome: string): Record<string, unknown> {
  const filesystem: Record<string, unknown> = { ":root": "read" };
  for (const path of outermost([codexHome, ...request.denied])) filesystem[path] = "deny";
  filesystem[":workspace_roots"] = { ".": request.access === "write" ? "write" : "read" };
  filesystem[request.temporaryDirectory] = "write";
  return {
    default_permissions: "portcullis",
    permissions: { portcullis: { filesystem, network: { enabled: false } } },
    features: { shell_snapshot: false },
    allow_login_shell: false,
    // With any denied path Codex reads AGENTS.md through a sandbox helper, 130 ms a thread; roles are told to read it.
    project_doc_max_bytes: 0,
    // A current Codex trusts a folder by itself, and writes that down, where it may write there: it would start what the repository's own .codex names.
    projects: Object.fromEntries(
      [resolve(request.directory), realPath(request.directory)].map((path) => [
        path,
        { trust_level: "untrusted" },
      ]),
    ),
    shell_environment_policy: {
      inherit: "none",
      ignore_default_excludes: false,
      set: { ...request.environment, HOME: request.temporaryDirectory, TMPDIR: request.temporaryDirectory },
    },
  };
}

/** A denied folder within a denied folder is one too many: bubblewrap cannot mount it. */
export function outermost(paths: readonly string[]): readonly string[] {
  const real = [...new Set(paths.map(realPath))];
  return real.filter((path) => !real.some((other) => other !== path && path.startsWith(`${other}${sep}`)));
}

/** Codex follows symbolic links to what it denies; a folder within another shows only there. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    return full;
  }
}
