import { setImmediate } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { removeArtifactFile } from "./artifact-files.ts";
import { artifactDirectory } from "./artifact-store.ts";
import { onStore } from "./store-error.ts";

/** So that another process that writes waits for milliseconds. */
const rowsAtOnce = 2000;
const filesAtOnce = 100;

export interface Swept {
  wireEvents: number;
  artifacts: number;
  /** Those that no other run keeps. */
  artifactFiles: number;
  artifactBytes: number;
}

/**
 * Removes what a tombstone allows to go, some rows in each transaction. Whatever a crash left is done by the next sweep. `goOn`
 * says before each step whether to go on.
 */
export function prepareSweep(
  database: Database,
  stateDirectory: string,
): (runId: string, what: { artifacts: boolean; goOn?: () => boolean }) => Promise<Swept> {
  const deleteWire = database.prepare<[string, number]>(
    "DELETE FROM wire_events WHERE id IN (SELECT id FROM wire_events WHERE run_id = ? ORDER BY position LIMIT ?)",
  );
  const removeArtifacts = prepareRemoveArtifacts(database, artifactDirectory(stateDirectory));
  return async (runId, { artifacts, goOn = () => true }) => {
    const swept = { wireEvents: 0, artifacts: 0, artifactFiles: 0, artifactBytes: 0 };
    for (let more = true; more && goOn();) {
      const { changes } = onStore(database, () => deleteWire.run(runId, rowsAtOnce));
      swept.wireEvents += changes;
      more = changes === rowsAtOnce;
      await setImmediate();
    }
    for (let more = artifacts; more && goOn();) {
      const removed = onStore(database, () => removeArtifacts(runId));
      swept.artifacts += removed.rows;
      swept.artifactFiles += removed.files;
      swept.artifactBytes += removed.bytes;
      more = removed.rows === filesAtOnce;
      await setImmediate();
    }
    return swept;
  };
}

interface Removed {
  rows: number;
  files: number;
  bytes: number;
}

/**
 * The file goes while nobody else can name it: within the transaction, before the row. `put` looks again after it has
 * named its file.
 */
function prepareRemoveArtifacts(database: Database, directory: string): (runId: string) => Removed {
  const select = database.prepare<[string, number], { id: number; digest: string; bytes: number }>(
    "SELECT rowid AS id, digest, bytes FROM artifacts WHERE run_id = ? LIMIT ?",
  );
  const selectOther = database.prepare<[string, number]>(
    "SELECT 1 FROM artifacts WHERE digest = ? AND rowid <> ?",
  );
  const deleteRow = database.prepare<[number]>("DELETE FROM artifacts WHERE rowid = ?");
  const remove = database.transaction((runId: string): Removed => {
    const rows = select.all(runId, filesAtOnce);
    let [files, bytes] = [0, 0];
    for (const row of rows) {
      if (selectOther.get(row.digest, row.id) === undefined) {
        removeArtifactFile(directory, row.digest);
        files += 1;
        bytes += row.bytes;
      }
      deleteRow.run(row.id);
    }
    return { rows: rows.length, files, bytes };
  });
  return (runId) => remove.immediate(runId);
}
