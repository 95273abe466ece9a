import { lstat } from "node:fs/promises";

/** Tells a file from a later one at the same path. */
export interface FileIdentity {
  path: string;
  inode: number;
  /** Milliseconds since 1970, of the last change to its name, mode or content; a folder's is that of its entries. */
  changedAt: number;
}

/** Null where there is none. */
export async function identify(path: string): Promise<FileIdentity | null> {
  const found = await lstat(path).catch(() => null);
  return found === null ? null : { path, inode: found.ino, changedAt: found.ctimeMs };
}

export async function isStillThere({ path, inode }: FileIdentity): Promise<boolean> {
  return (await identify(path))?.inode === inode;
}
