import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { RunFolders } from "./surroundings.ts";

/** Temporary folders of one run, under the state folder: no other run or worker has any business there. */
export function createRunFolders(
  stateDirectory: string,
  runId: string,
): RunFolders & { root: string; removeAll(): Promise<void> } {
  const root = join(stateDirectory, "temporary", runId);
  const remove = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });
  return {
    stateDirectory,
    root,
    async makeTemporary(name) {
      const directory = join(root, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${randomUUID().slice(0, 8)}`);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return directory;
    },
    removeTemporary: remove,
    removeAll: () => remove(root),
  };
}
