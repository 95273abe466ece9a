import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Not under the temporary folder: the sandboxes put a private one in its place. */
export const scratchRoot = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "portcullis-test",
);

const made: string[] = [];

// Here and not in the function: a hook that is set while a test runs is never called.
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A fresh folder, removed after the test file. */
export function scratchDirectory(name: string): string {
  mkdirSync(scratchRoot, { recursive: true });
  const directory = realpathSync(mkdtempSync(join(scratchRoot, `${name}-`)));
  made.push(directory);
  return directory;
}
