import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Not under the temporary folder: the sandboxes put a private one in its place. */
export const scratchRoot = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "portcullis-test",
);

/** A fresh folder, removed after the test file. */
export function scratchDirectory(name: string): string {
  mkdirSync(scratchRoot, { recursive: true });
  const directory = realpathSync(mkdtempSync(join(scratchRoot, `${name}-`)));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
