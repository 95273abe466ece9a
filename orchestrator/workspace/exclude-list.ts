import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is never part of a commit, whatever a run's environment is. */
const alwaysLeftOut = [".portcullis-env"];

/** The same paths twice: a `.gitignore` in the work tree may overrule the first. */
export interface ExcludeList {
  /** A value of `core.excludesFile`, so that git does not walk there. */
  file: string;
  /** Input of `--pathspec-from-file=- --pathspec-file-nul`: these. */
  pathspecs: string;
}

/** Writes the list outside of the work tree and removes it after `use`. */
export async function withExcludeList<T>(
  folder: string,
  leaveOut: readonly string[],
  use: (list: ExcludeList) => Promise<T>,
): Promise<T> {
  const paths = [...new Set([...alwaysLeftOut, ...leaveOut.map((path) => path.replace(/\/+$/, ""))])];
  const file = join(folder, `exclude-${randomUUID()}`);
  const lines = paths.filter((path) => !/[\r\n]/.test(path)).map((path) => `/${escapePattern(path)}`);
  await writeFile(file, `${lines.join("\n")}\n`);
  const pathspecs = paths.map((path) => `:(top,literal)${path}`).join("\0");
  try {
    return await use({ file, pathspecs });
  } finally {
    await rm(file, { force: true });
  }
}

/** As gitignore(5) reads it. */
function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]!# ]/g, "\\$&");
}
