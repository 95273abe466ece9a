import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";

/**
 * The paths that together are all of a folder except `kept` ones within it. Codex's sandbox opens no path for reading again
 * inside a denied folder (docs/codex-wire.md), so the folder itself cannot be denied where some of it must be read.
 */
export async function everythingBut(folder: string, kept: readonly string[]): Promise<readonly string[]> {
  if (kept.includes(folder)) return [];
  if (!kept.some((path) => path.startsWith(`${folder}${sep}`))) return [folder];
  const names = await readdir(folder);
  const parts = await Promise.all(names.map((name) => everythingBut(join(folder, name), kept)));
  return parts.flat();
}
