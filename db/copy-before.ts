import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { messageOf, PortcullisError } from "../core/errors.ts";

/** `.before-3`, or a draft of one. */
const copyName = /\.before-\d+(?:\.draft)?$/;

/**
 * A whole copy of what is committed, beside the file, for its owner alone; returns its path. By a connection of its own, which a writer
 * does not block. One that was begun before is made anew. Error: `store.uncopied` (environment).
 */
export function copyBefore(file: string, version: number): string {
  const copy = `${file}.before-${version}`;
  try {
    writeCopy(file, copy);
    return copy;
  } catch (error) {
    throw new PortcullisError({
      code: "store.uncopied",
      kind: "environment",
      message: `expected to keep a copy of ${file} at ${copy} before its upgrade, found that it cannot be written: ${messageOf(error)}`,
      remedy: "make room beside it, or make the state directory writable; the store is as it was",
      cause: error,
    });
  }
}

function writeCopy(file: string, copy: string): void {
  const draft = `${copy}.draft`;
  rmSync(draft, { force: true });
  // SQLite fills a file that is there and empty, and leaves it its mode.
  closeSync(openSync(draft, "wx", 0o600));
  const reader = new Database(file, { fileMustExist: true });
  try {
    reader.prepare("VACUUM INTO ?").run(draft);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    reader.close();
  }
  sync(draft);
  renameSync(draft, copy);
  sync(dirname(file));
}

/** The copies that upgrades kept, whole or not. */
export function copiesOf(file: string): string[] {
  const folder = dirname(file);
  const own = basename(file);
  return readdirSync(folder)
    .filter((name) => name.startsWith(own) && copyName.test(name.slice(own.length)))
    .map((name) => join(folder, name));
}

export function removeOtherCopies(file: string, kept: string): void {
  for (const copy of copiesOf(file)) if (copy !== kept) rmSync(copy, { force: true });
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
