import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Removes a folder with all in it, also where its maker took the right to write away (Go's module cache does). */
export async function removeFolder(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await allowWriting(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** In a process of its own: 20,000 files would keep ours busy for half a second. */
export async function removeManyFiles(directories: readonly string[]): Promise<void> {
  await execa("rm", ["-rf", "--", ...directories], { stdio: "ignore", reject: false });
  await Promise.all(directories.map(removeFolder));
}

async function allowWriting(directory: string): Promise<void> {
  if (!(await lstat(directory)).isDirectory()) return;
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await allowWriting(join(directory, entry.name));
  }
}
