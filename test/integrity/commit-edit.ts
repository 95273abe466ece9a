import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { git } from "../support/git-repository.ts";
import type { Edit } from "./cheat.ts";

/** Commits an edit on top of `parent`; ignored files are part of it. */
export function commitEdit(root: string, parent: string, edit: Edit): string {
  git(root, "checkout", "--quiet", "--force", "--detach", parent);
  git(root, "clean", "--quiet", "-ffdx");
  applyEdit(root, edit);
  git(root, "add", "--all", "--force");
  for (const [path, commit] of Object.entries(edit.gitlink ?? {})) {
    git(root, "update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
  }
  git(root, "commit", "--quiet", "--message", "Work");
  return git(root, "rev-parse", "HEAD");
}

function applyEdit(root: string, edit: Edit): void {
  const place = (path: string): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  for (const path of edit.delete ?? []) rmSync(join(root, path), { recursive: true });
  for (const [path, content] of Object.entries(edit.write ?? {})) writeFileSync(place(path), content);
  for (const [path, target] of Object.entries(edit.link ?? {})) symlinkSync(target, place(path));
  for (const [path, bytes] of Object.entries(edit.sparse ?? {})) {
    writeFileSync(place(path), "");
    truncateSync(place(path), bytes);
  }
  if (edit.run !== undefined) execFileSync("bash", ["-ec", edit.run], { cwd: root });
  for (const [path, on] of Object.entries(edit.executable ?? {})) chmodSync(place(path), on ? 0o755 : 0o644);
}
