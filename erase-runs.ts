import { isoTime, systemClock } from "./core/clock.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import type { ErasedBy } from "./core/events/run-events.ts";
import type { Remains } from "./core/ports/run-remains.ts";
import type { RunSummary } from "./core/ports/run-catalog.ts";
import { readRetention } from "./core/retention.ts";
import { openEraser, type Eraser, type Swept } from "./db/open-eraser.ts";
import { erasableBytes } from "./disk-use.ts";
import { openGitRemains } from "./orchestrator/workspace/git-remains.ts";

export { readRetention, type Retention } from "./core/retention.ts";

const quickPurgeBytes = 256e6;
const dayMs = 24 * 3600_000;

export interface Erased extends Swept, Remains {
  schemaVersion: 1;
  /** Ids of the runs. */
  runs: readonly string[];
  /** Runs that are old enough and stay, because a work tree holds work of theirs that no commit has. */
  kept: readonly string[];
  /** Whether the bytes are out of the database's file; not while a run is at work on a large one. The next prune does it then. */
  purged: boolean;
  /** By which the store has become smaller on disk. */
  freedBytes: number;
}

export interface EraseRequest {
  stateDirectory: string;
  /** An id, a unique prefix of one, or `latest`. */
  run: string;
  /** Also a run that could be resumed, or whose work trees hold work that no commit has. */
  force?: boolean;
}

/**
 * The run that a reference means, if it may be erased. Errors of kind usage: `run.unknown`, `run.ambiguous`, `run.unfinished`
 * (it can be resumed), `run.unsaved-work`.
 */
export async function findErasable(request: EraseRequest): Promise<RunSummary> {
  return withEraser(request.stateDirectory, (eraser) => erasable(eraser, request));
}

/**
 * Erases what a run said and kept, and leaves its envelopes and a tombstone, which `auditStore` accepts. When this resolves the
 * bytes are out of the store's files. Errors: those of `findErasable`, `run.running` (usage), `store.busy` (environment).
 */
export async function eraseRun(request: EraseRequest): Promise<Erased> {
  return withEraser(request.stateDirectory, async (eraser) => {
    const { id } = await erasable(eraser, request);
    return eraseAll(eraser, request.stateDirectory, { runs: [id], by: "rm" });
  });
}

/** Erases runs that ended longer ago, and finishes what earlier erasures left. With `dryRun` only tells which. */
export async function pruneRuns(request: {
  stateDirectory: string;
  olderThanMs: number | null;
  dryRun?: boolean;
}): Promise<Erased> {
  const { stateDirectory, olderThanMs, dryRun = false } = request;
  return withEraser(stateDirectory, async (eraser) => {
    const old = olderThanMs === null ? [] : eraser.endedBefore(isoTime(systemClock.now() - olderThanMs));
    const unsaved = await openGitRemains(stateDirectory).withWorkTrees();
    const kept = old.filter((id) => unsaved.has(id));
    const runs = old.filter((id) => !unsaved.has(id));
    if (dryRun) return { ...nothing, runs, kept };
    return { ...(await eraseAll(eraser, stateDirectory, { runs, by: "prune" })), kept };
  });
}

/** What is done at the end of each run: at most 20 runs and about 2 s, the next end does more. */
const mostRuns = 20;
const mostMs = 2000;

/** Erases what the retention setting no longer keeps. Never throws: what could not be done is told. */
export async function keepRetention(stateDirectory: string, notice: (text: string) => void): Promise<void> {
  try {
    const { retentionDays, databaseMegabytes } = readRetention(stateDirectory);
    await withEraser(stateDirectory, async (eraser) => {
      const until = performance.now() + mostMs;
      const goOn = (): boolean => performance.now() < until;
      await eraser.sweep(goOn);
      const days = retentionDays ?? Infinity;
      const runs = days === Infinity ? 0 : await eraseOld(eraser, stateDirectory, { days, goOn });
      if (runs > 0) notice(`erased ${counted(runs)} that ended more than ${days} days ago`);
      const wire = await boundDatabase(eraser, (databaseMegabytes ?? Infinity) * 1e6, goOn);
      if (wire > 0)
        notice(`erased the wire events of ${counted(wire)}: the database was over ${databaseMegabytes} MB`);
    });
  } catch (error) {
    notice(`old runs could not be erased: ${messageOf(error)}`);
  }
}

async function eraseOld(
  eraser: Eraser,
  stateDirectory: string,
  { days, goOn }: { days: number; goOn: () => boolean },
): Promise<number> {
  const old = eraser.endedBefore(isoTime(systemClock.now() - days * dayMs));
  if (old.length === 0) return 0;
  const remains = openGitRemains(stateDirectory);
  const unsaved = await remains.withWorkTrees();
  const erased = new Set<string>();
  for (const id of old.filter((run) => !unsaved.has(run)).slice(0, mostRuns)) {
    if (!goOn()) break;
    await eraser.eraseRun(id, "retention", goOn);
    erased.add(id);
  }
  if (erased.size > 0) await remains.remove(erased, { keepNew: true, thorough: false });
  return erased.size;
}

/** Runs that ended within a day keep their wire events: somebody may be about to look. */
async function boundDatabase(eraser: Eraser, mostBytes: number, goOn: () => boolean): Promise<number> {
  const endedBefore = isoTime(systemClock.now() - dayMs);
  let erased = 0;
  while (goOn() && eraser.usedBytes() > mostBytes) {
    if ((await eraser.eraseOldestWire({ endedBefore, by: "retention", goOn })) === null) break;
    erased += 1;
  }
  return erased;
}

async function erasable(
  eraser: Eraser,
  { stateDirectory, run, force = false }: EraseRequest,
): Promise<RunSummary> {
  const summary = await eraser.catalog.resolve(run);
  if (force || summary.erasedAt !== null) return summary;
  if (summary.finishedAt === null || ["interrupted", "paused"].includes(summary.status))
    throw unfinished(summary);
  const [workTree] = await openGitRemains(stateDirectory).workTreesOf(summary.id);
  if (workTree !== undefined) throw unsavedWork(summary.id, workTree);
  return summary;
}

async function eraseAll(
  eraser: Eraser,
  stateDirectory: string,
  { runs, by }: { runs: readonly string[]; by: ErasedBy },
): Promise<Erased> {
  const before = await erasableBytes(stateDirectory);
  const swept = await eraser.sweep();
  const erased: string[] = [];
  for (const id of runs) {
    const own = await eraser.eraseRun(id, by);
    if (own === null) continue;
    erased.push(id);
    for (const name of Object.keys(own) as (keyof Swept)[]) swept[name] += own[name];
  }
  const atWork = eraser.activeSince(isoTime(systemClock.now() - dayMs)).length > 0;
  const options = { keepNew: atWork, thorough: true };
  const remains = await openGitRemains(stateDirectory).remove(new Set(eraser.erased()), options);
  // Rebuilding a large file would let a run at work wait for longer than it does.
  if (eraser.needsPurge() && (!atWork || eraser.usedBytes() <= quickPurgeBytes)) eraser.purge();
  const freedBytes = Math.max(0, before - (await erasableBytes(stateDirectory)));
  return {
    schemaVersion: 1,
    runs: erased,
    kept: [],
    ...swept,
    ...remains,
    purged: !eraser.needsPurge(),
    freedBytes,
  };
}

const nothing: Erased = {
  schemaVersion: 1,
  runs: [],
  kept: [],
  wireEvents: 0,
  artifacts: 0,
  artifactFiles: 0,
  artifactBytes: 0,
  refs: 0,
  workTrees: 0,
  purged: true,
  freedBytes: 0,
};

async function withEraser<T>(stateDirectory: string, use: (eraser: Eraser) => Promise<T>): Promise<T> {
  const eraser = await openEraser({ stateDirectory });
  try {
    return await use(eraser);
  } finally {
    eraser.close();
  }
}

function counted(runs: number): string {
  return `${runs} ${runs === 1 ? "run" : "runs"}`;
}

function unfinished({ id, status }: RunSummary): PortcullisError {
  return new PortcullisError({
    code: "run.unfinished",
    kind: "usage",
    message: `expected a run that has ended, found ${id} ${status}: it could go on`,
    remedy: "erase it all the same with --force",
  });
}

function unsavedWork(id: string, workTree: string): PortcullisError {
  return new PortcullisError({
    code: "run.unsaved-work",
    kind: "usage",
    message: `expected a run all of whose work is in commits, found work of ${id} in ${workTree}`,
    remedy: "save what you want of it, then erase the run with --force",
  });
}
