import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { databaseFile } from "../core/state-directory.ts";
import { createArtifactReading } from "./artifact-store.ts";
import { prepareRunAudit, type AuditedRun, type BadRow, type RunAudit } from "./audit-run.ts";
import { openForReading } from "./open-for-reading.ts";
import { createRunCatalog } from "./run-catalog.ts";
import { onStore } from "./store-error.ts";

export type { AuditedRun, BadRow } from "./audit-run.ts";

export interface AuditReport {
  schemaVersion: 1;
  sound: boolean;
  /** What SQLite finds wrong with its own file, in its words; null where nothing is, or where one run was asked for. */
  file: string | null;
  /** Newest first. */
  runs: readonly AuditedRun[];
}

export interface AuditOptions {
  stateDirectory: string;
  /** An id, a unique prefix of one or `latest`; all runs where it is missing. */
  run?: string;
  /** A head hash that was kept elsewhere: the run must still hold it. */
  head?: string;
}

/**
 * Checks that nothing in the store was changed, put in or taken out since it was written; only `head` shows it where somebody
 * wrote a whole new chain. Errors: `run.unknown`, `run.ambiguous` (usage), `store.*` (environment).
 */
export async function auditStore({ stateDirectory, run, head }: AuditOptions): Promise<AuditReport> {
  const database = await openForReading(stateDirectory, { busyTimeoutMs: 5000 });
  try {
    const ids = run === undefined ? allRuns(database) : [(await createRunCatalog(database).resolve(run)).id];
    const file = run === undefined ? checkFile(database) : null;
    const audit = prepareRunAudit(database);
    const checkArtifacts = prepareArtifactCheck(database, stateDirectory);
    const runs: AuditedRun[] = [];
    for (const id of ids) {
      const { digests, holdsHash, ...audited } = onStore(database, () => audit(id, head ?? null));
      const withoutHead = head === undefined || holdsHash ? null : missingHead(audited, head);
      const bad = audited.bad ?? withoutHead ?? (await checkArtifacts(audited, digests));
      runs.push({ ...audited, bad });
    }
    return { schemaVersion: 1, sound: file === null && runs.every(({ bad }) => bad === null), file, runs };
  } finally {
    database.close();
  }
}

function allRuns(database: Database): string[] {
  const select = "SELECT id FROM runs UNION SELECT DISTINCT run_id FROM events ORDER BY 1 DESC";
  return onStore(database, () => database.prepare<[], string>(select).pluck().all());
}

/** Of the tables that the audit reads: an index that does not fit its table would hide rows. */
function checkFile(database: Database): string | null {
  const found = ["events", "runs", "artifacts"].flatMap((table) => {
    const rows = database.pragma(`integrity_check(${table})`) as { integrity_check: string }[];
    return rows.flatMap(({ integrity_check: text }) => text.split("\n"));
  });
  return found.find((line) => line !== "ok" && !line.startsWith("***")) ?? null;
}

function missingHead({ runId, headHash }: AuditedRun, head: string): BadRow {
  const place = { runId, table: "events", sequence: null, eventId: null } as const;
  return { ...place, expected: `an event with the hash ${head}`, found: `none; the last has ${headHash}` };
}

function prepareArtifactCheck(
  database: Database,
  stateDirectory: string,
): (run: AuditedRun, digests: RunAudit["digests"]) => Promise<BadRow | null> {
  const artifacts = createArtifactReading(database, stateDirectory);
  return async ({ runId, erasedAt }, digests) => {
    if (erasedAt !== null) return null;
    const kept = await artifacts.list(runId);
    const names = new Set(kept.map(({ digest }) => digest));
    const unnamed = digests
      .filter((digest) => !names.has(digest))
      .map((digest) => ({ name: "content that the log speaks of", digest, bytes: null }));
    for (const { name, digest, bytes } of [...kept, ...unnamed]) {
      const place = { runId, table: "artifacts", sequence: null, eventId: null } as const;
      const expected = `${name} with digest ${digest}${bytes === null ? "" : ` and ${bytes} bytes`}`;
      const found = bytes === null ? "no such artifact" : await problemOf(digest, bytes);
      if (found !== null) return { ...place, expected, found };
    }
    return null;
  };

  async function problemOf(digest: string, bytes: number): Promise<string | null> {
    try {
      const content = await artifacts.get(digest);
      if (content === null) return `no file for it beside ${join(stateDirectory, databaseFile)}`;
      return content.byteLength === bytes ? null : `${content.byteLength} bytes`;
    } catch (error) {
      if (error instanceof PortcullisError && error.code === "artifact.damaged") return messageOf(error);
      throw error;
    }
  }
}
