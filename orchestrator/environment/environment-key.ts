import { digestOf, sha256 } from "../../core/digest.ts";
import { limits } from "../../core/limits.ts";
import type { Workspace } from "../../core/ports/workspace.ts";

const installedFrom =
  /(^|\/)(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|\.npmrc|\.yarnrc[^/]*|requirements[^/]*\.txt|pyproject\.toml|uv\.lock|poetry\.lock|setup\.(py|cfg)|go\.(mod|sum|work)|Cargo\.(toml|lock)|rust-toolchain[^/]*|\.python-version|\.nvmrc|\.node-version)$/;

/** Names an environment: the setup line, this platform, and what dependencies are installed from at a commit. */
export async function environmentKey(workspace: Workspace, commit: string, setup: string): Promise<string> {
  const paths = (await workspace.listFiles(commit)).filter((path) => installedFrom.test(path));
  const contents = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const content = await workspace.readFile(commit, path, limits.artifactBytes);
      return [path, content === null ? "" : sha256(content)];
    }),
  );
  return digestOf([setup, process.platform, process.arch, contents]).slice(0, 32);
}
