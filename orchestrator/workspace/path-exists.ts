import { lstat } from "node:fs/promises";

/** A link that leads nowhere exists too. */
export function pathExists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
