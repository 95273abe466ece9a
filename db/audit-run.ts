import type { Database } from "better-sqlite3";
import { readChain, type ChainLink, type ChainReport } from "../core/events/verify-chain.ts";
import type { Status } from "../core/status.ts";
import { envelopeColumns, type StoredEvent } from "./stored-event.ts";

/** The first thing that is not as it was written. `sequence`: of the event, or the position of a wire event. */
export interface BadRow {
  runId: string;
  table: "events" | "runs" | "artifacts" | "wire_events";
  sequence: number | null;
  eventId: string | null;
  expected: string;
  found: string;
}

export interface AuditedRun {
  runId: string;
  events: number;
  /** Events whose payload was erased, as a tombstone says. */
  erased: number;
  erasedAt: string | null;
  /** Hash of the last event. */
  headHash: string;
  bad: BadRow | null;
}

/** A run's line as the catalog has it. */
export interface CatalogRow {
  goal: string;
  status: Status;
  startedAt: string;
  finishedAt: string | null;
  erasedAt: string | null;
  lastSequence: number;
  lastHash: string | null;
}

export interface RunAudit extends AuditedRun {
  /** Whether the hash that was asked for is that of one of the events. */
  holdsHash: boolean;
  /** Contents that the log speaks of; empty where the run was erased. */
  digests: readonly string[];
}

/** Checks one run's rows: chain, payloads, its end, its line in the catalog, positions of its wire events. */
export function prepareRunAudit(database: Database): (runId: string, hash: string | null) => RunAudit {
  const selectEvents = database.prepare<[string], StoredEvent>(
    `SELECT ${envelopeColumns}, payload FROM events WHERE run_id = ? ORDER BY sequence`,
  );
  const selectRun = database.prepare<[string], CatalogRow>(
    `SELECT goal, status, started_at AS startedAt, finished_at AS finishedAt, erased_at AS erasedAt,
      last_sequence AS lastSequence, last_hash AS lastHash
    FROM runs WHERE id = ?`,
  );
  const checkWire = prepareWireCheck(database);
  return (runId, hash) => {
    const run = selectRun.get(runId) ?? null;
    const end = run === null ? null : { sequence: run.lastSequence, hash: run.lastHash };
    const said = whatIsSaid();
    let holdsHash = false;
    const report = readChain(read(selectEvents.iterate(runId), said), end, (found) => {
      holdsHash ||= found === hash;
    });
    const bad =
      badEvent(runId, report) ?? badLine(runId, said.line, run) ?? checkWire(runId, said.wireErasedThrough);
    const { events, erased, headHash } = report;
    const digests = said.line.erasedAt === null ? [...said.digests] : [];
    return { runId, events, erased, erasedAt: run?.erasedAt ?? null, headHash, holdsHash, bad, digests };
  };
}

interface Said {
  /** What the log says of the run's line; only what is known. */
  line: Partial<CatalogRow> & { erasedAt: string | null };
  wireErasedThrough: number;
  digests: Set<string>;
}

function whatIsSaid(): Said {
  return { line: { erasedAt: null }, wireErasedThrough: 0, digests: new Set() };
}

function* read(rows: Iterable<StoredEvent>, said: Said): Iterable<ChainLink> {
  for (const { payload, ...row } of rows) {
    if (payload !== "") listen(said, row.type, row.time, payload);
    yield { ...row, payload: payload === "" ? null : payload };
  }
}

function listen(said: Said, type: string, time: string, payload: string): void {
  for (const [, digest] of payload.matchAll(/"(?:evidence|artifact)":"([0-9a-f]{64})"/g)) {
    if (digest !== undefined) said.digests.add(digest);
  }
  if (!["run.started", "run.resumed", "run.finished", "run.erased", "wire.erased"].includes(type)) return;
  const { goal, status, through } = parsed(payload);
  if (type === "run.started") said.line = { ...said.line, goal: String(goal), startedAt: time };
  if (type === "run.resumed") said.line = { ...said.line, status: "running", finishedAt: null };
  if (type === "run.finished") said.line = { ...said.line, status: status as Status, finishedAt: time };
  if (type === "run.erased") {
    said.line = { ...said.line, goal: "", status: status as Status, erasedAt: time };
    said.wireErasedThrough = Infinity;
  }
  if (type === "wire.erased") said.wireErasedThrough = Math.max(said.wireErasedThrough, Number(through));
}

/** Nothing where it is no JSON: then its digest differs, which is told. */
function parsed(payload: string): { goal?: unknown; status?: unknown; through?: unknown } {
  try {
    return JSON.parse(payload) as object;
  } catch {
    return {};
  }
}

function badEvent(runId: string, { broken }: ChainReport): BadRow | null {
  if (broken === null) return null;
  const { culprit, expected, found } = broken;
  return { runId, table: "events", sequence: culprit.sequence, eventId: culprit.id, expected, found };
}

/** The line is a projection: `portcullis runs` shows it, so it must say what the log says. */
function badLine(runId: string, said: Said["line"], run: CatalogRow | null): BadRow | null {
  const place = { runId, table: "runs", sequence: null, eventId: null } as const;
  if (run === null) {
    if (said.startedAt === undefined) return null;
    return { ...place, expected: "the run in the list of runs", found: "it missing" };
  }
  for (const [name, value] of Object.entries(said)) {
    const found = run[name as keyof CatalogRow];
    if (found === value) continue;
    return { ...place, expected: `${name} ${shown(value)}, as the log has it`, found: shown(found) };
  }
  return null;
}

function prepareWireCheck(database: Database): (runId: string, through: number) => BadRow | null {
  const count = database.prepare<[string, number], { rows: number; last: number }>(
    `SELECT count(*) AS rows, coalesce(max(position), 0) AS last FROM wire_events WHERE run_id = ? AND position > ?`,
  );
  const firstGap = database
    .prepare<[number, string, number], number>(
      `SELECT min(place) FROM (
        SELECT position, ? + row_number() OVER (ORDER BY position) AS place FROM wire_events
        WHERE run_id = ? AND position > ?
      ) WHERE position <> place`,
    )
    .pluck();
  return (runId, through) => {
    if (through === Infinity) return null;
    const { rows, last } = count.get(runId, through) ?? { rows: 0, last: 0 };
    if (rows === 0 || rows === last - through) return null;
    const sequence = firstGap.get(through, runId, through) ?? null;
    const expected = `wire event ${sequence} of ${last}`;
    return { runId, table: "wire_events", sequence, eventId: null, expected, found: "none in its place" };
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
