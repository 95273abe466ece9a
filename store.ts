/**
 * The part of the public API for looking at runs without starting anything. What is heavy is loaded when it is called:
 * `openRunCatalog` is there at once, for lists of runs.
 */
import type { AuditOptions, AuditReport } from "./db/audit-store.ts";
import type { Store, StoreForReading, StoreOptions } from "./db/open-store.ts";

export type { Store, StoreForReading, StoreOptions } from "./db/open-store.ts";
export type { ArtifactStore, StoredArtifact } from "./core/ports/artifact-store.ts";
export type { AppendRequest, EventLog } from "./core/ports/event-log.ts";
export type { EventEnvelope, NewEvent } from "./core/events/envelope.ts";
export type { RunCatalog, RunSummary } from "./core/ports/run-catalog.ts";
export type { StoredWireEvent, WireEvent, WireLog } from "./core/ports/wire-log.ts";
export type { Fence, Lease } from "./core/ports/lease.ts";
export { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
export type { AuditedRun, AuditOptions, AuditReport, BadRow } from "./db/audit-store.ts";
export { openRunCatalog } from "./db/open-run-catalog.ts";

export async function openStore(options: StoreOptions): Promise<Store> {
  return (await import("./db/open-store.ts")).openStore(options);
}

export async function openStoreReadOnly(options: {
  stateDirectory: string;
  busyTimeoutMs?: number;
}): Promise<StoreForReading> {
  return (await import("./db/open-store.ts")).openStoreReadOnly(options);
}

/**
 * Whether the logs of all runs, or of one, are as they were written; changes nothing. Errors: `run.unknown`, `run.ambiguous` (usage), `store.*`
 * (environment).
 */
export async function auditStore(options: AuditOptions): Promise<AuditReport> {
  return (await import("./db/audit-store.ts")).auditStore(options);
}

/** The redactor that a run uses: it knows the secrets of these variables, and well-known shapes of keys. */
export async function redactorFor(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<StoreOptions["redactor"]> {
  const { createRedactor, secretsOf } = await import("./core/redaction.ts");
  return createRedactor(secretsOf(environment));
}
