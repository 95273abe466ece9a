import { messageOf } from "./core/errors.ts";
import { openProcessRecord } from "./codex/process-records.ts";
import { inspectRecords, reap } from "./codex/reap.ts";
import { watchOwnEnd } from "./codex/watch-own-end.ts";
import { removeStaleLocks } from "./orchestrator/leftovers/locks.ts";
import { cloneAt } from "./orchestrator/workspace/private-clone.ts";
import { removeFolder } from "./orchestrator/workspace/remove-folder.ts";

export interface TakeOverRequest {
  /** It exists. */
  stateDirectory: string;
  runId: string;
  repositoryId: string;
  /** What somebody should know and nothing depends on. */
  onNotice?: ((text: string) => void) | undefined;
}

/**
 * At the start of whatever runs in a state folder, before its first git command: writes this process down with the run that it
 * takes, ends what dead processes left running, and takes away the locks of git that they left in the run's way. What is
 * given back is called when nothing of the run runs any more.
 */
export async function takeOver(request: TakeOverRequest): Promise<() => void> {
  const { stateDirectory, runId, repositoryId, onNotice } = request;
  watchOwnEnd();
  const record = openProcessRecord(stateDirectory);
  record.addRun(runId, repositoryId);
  const { living, dead } = inspectRecords(stateDirectory);
  for (const one of dead) {
    try {
      await reap(one);
      for (const { pid, what } of one.running) onNotice?.(`ended what a dead run had left: ${what} (${pid})`);
    } catch (error) {
      onNotice?.(messageOf(error));
    }
  }
  const isShared = living.some(({ state, runs }) => {
    const unsaid = state === "unknown" && runs.length === 0;
    return unsaid || runs.some((run) => run.repositoryId === repositoryId);
  });
  await removeStaleLocks({ stateDirectory, repositoryId, runId, isShared });
  // Drafts of the private clone, which the next command makes anew.
  if (!isShared) await removeFolder(cloneAt(stateDirectory, repositoryId).temporary);
  return () => record.close();
}
