import { PortcullisError } from "../../core/errors.ts";
import { gitParts, gitText } from "./git.ts";
import { userGit, type Repository } from "./repository.ts";

const mostAttributeFiles = 1000;

/**
 * Refuses what a work tree of the private clone would not have. Errors of kind usage: `repository.submodules`,
 * `repository.lfs`.
 */
export async function refuseUnsupported(repository: Repository, commit: string): Promise<void> {
  const entries = await gitParts(["ls-tree", "-r", "-z", "--full-tree", commit], userGit(repository.root));
  const attributeFiles: { path: string; object: string }[] = [];
  for (const entry of entries) {
    const tab = entry.indexOf("\t");
    const path = entry.slice(tab + 1);
    const [mode, , object = ""] = entry.slice(0, tab).split(" ");
    if (mode === "160000" || path === ".gitmodules") throw submodules(path);
    if (path === ".gitattributes" || path.endsWith("/.gitattributes")) attributeFiles.push({ path, object });
  }
  for (const { path, object } of attributeFiles.slice(0, mostAttributeFiles)) {
    const text = await gitText(["cat-file", "blob", object], userGit(repository.root));
    if (/^[^#\n]*\sfilter=lfs(?:\s|$)/m.test(text)) throw largeFiles(path);
  }
}

function submodules(path: string): PortcullisError {
  return new PortcullisError({
    code: "repository.submodules",
    kind: "usage",
    message: `expected a repository without submodules, found '${path}'`,
    remedy:
      "submodules are not supported yet: run on the submodule's own repository, or on a branch without it",
  });
}

function largeFiles(path: string): PortcullisError {
  return new PortcullisError({
    code: "repository.lfs",
    kind: "usage",
    message: `expected a repository without Git LFS, found 'filter=lfs' in '${path}'`,
    remedy:
      "Git LFS is not supported yet: its files would be pointers in every work tree; run on a branch without it",
  });
}
