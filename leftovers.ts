import { existsSync } from "node:fs";
import { join } from "node:path";
import { inspectRecords, reap, type Records } from "./codex/reap.ts";
import { lookForProcess, newHolder } from "./codex/process-identity.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import type { RunSummary } from "./core/ports/run-catalog.ts";
import { createRedactor } from "./core/redaction.ts";
import { databaseFile } from "./core/state-directory.ts";
import { openStore, openStoreReadOnly, type StoreForReading } from "./db/open-store.ts";
import { runLease } from "./hold-run.ts";
import { fold } from "./orchestrator/evolve.ts";
import { holdLease } from "./orchestrator/hold-lease.ts";
import { isStillThere } from "./orchestrator/leftovers/file-identity.ts";
import { useOfTree } from "./orchestrator/leftovers/judge-work-tree.ts";
import { isInUse, type Living } from "./orchestrator/leftovers/living.ts";
import { isStaleLock, listLocks, removeLock, type Lock } from "./orchestrator/leftovers/locks.ts";
import {
  listRemains,
  listWorkTrees,
  repositoriesIn,
  type Remains,
  type TreeFolder,
} from "./orchestrator/leftovers/remains.ts";
import type { RunState } from "./orchestrator/state.ts";
import { cloneAt, type PrivateClone } from "./orchestrator/workspace/private-clone.ts";
import { removeFolder } from "./orchestrator/workspace/remove-folder.ts";
import { hasUnsavedWork, keptRefs } from "./orchestrator/workspace/unsaved-work.ts";
import { findCheckout, removeCheckout } from "./orchestrator/workspace/work-trees.ts";

/** Something that a run left behind. */
export interface Leftover {
  kind: "run" | "processes" | "work tree" | "git lock" | Remains["kind"];
  /** What it is, in one line. */
  found: string;
  path: string | null;
  runId: string | null;
  /** `remove`: nobody needs it, and `mend` takes it away. `keep`: it holds work, or nothing can be said of it. `resume`: a person has to decide. */
  advice: "remove" | "keep" | "resume";
  /** What a person can do, or null. */
  remedy: string | null;
}

export interface FoundLeftover extends Leftover {
  /** Takes it away, unless it came into use meanwhile; null where it is not to be taken away. Idempotent. Error: why it stays. */
  mend: (() => Promise<void>) | null;
}

/** A state folder as it is looked through. */
interface Search {
  stateDirectory: string;
  store: StoreForReading;
  runs: ReadonlyMap<string, RunSummary>;
  records: Records;
  living: Living;
}

/**
 * What dead processes have left in a state folder; changes nothing. What belongs to a run is left over where neither its lease nor
 * any process names it; what belongs to none, where it is older than all that live.
 */
export async function findLeftovers({
  stateDirectory,
}: {
  stateDirectory: string;
}): Promise<readonly FoundLeftover[]> {
  // First what lies there, then who lives: whoever makes something has said before that he lives.
  const [remains, trees, locks] = await Promise.all([
    listRemains(stateDirectory),
    listWorkTrees(stateDirectory),
    repositoriesIn(stateDirectory).then((ids) => Promise.all(ids.map((id) => listLocks(stateDirectory, id)))),
  ]);
  const store = await openStoreReadOnly({ stateDirectory });
  try {
    const runs = new Map((await store.catalog.list()).map((run) => [run.id, run]));
    const records = inspectRecords(stateDirectory);
    const named = [...remains, ...trees, ...locks.flat()].flatMap(({ runId }) => runId ?? []);
    const unfinished = [...runs.values()].filter(({ status }) => status === "running");
    const asked = new Set([...named, ...unfinished.map(({ id }) => id)]);
    const living = await whoLives(store, records, asked);
    const search = { stateDirectory, store, runs, records, living };
    return [
      ...recordRows(records),
      ...(await runRows(search, unfinished, trees)),
      ...(await treeRows(search, trees)),
      ...lockRows(search, locks.flat()),
      ...remainsRows(search, remains),
    ];
  } finally {
    await store.close();
  }
}

async function whoLives(
  store: StoreForReading,
  { living }: Records,
  asked: ReadonlySet<string>,
): Promise<Living> {
  const runs = new Set(living.flatMap((record) => record.runs.map(({ runId }) => runId)));
  for (const id of asked) if (await isHeld(store, id)) runs.add(id);
  const since = living.map(({ state, since: at }) => (state === "unknown" ? 0 : at));
  return { runs, since: Math.min(Number.POSITIVE_INFINITY, ...since) };
}

/** By somebody who lives, or of whom nothing can be said. */
async function isHeld(store: Pick<StoreForReading, "lease">, runId: string): Promise<boolean> {
  const lease = await store.lease.find(runLease(runId));
  return lease !== null && lookForProcess(lease.holder) !== "gone";
}

function recordRows({ living, dead }: Records): FoundLeftover[] {
  const unknown = living.filter(({ state }) => state === "unknown");
  return [
    ...dead.map((one): FoundLeftover => {
      const { record, running } = one;
      const still = running.map(({ pid, what }) => `${what} (${pid})`).join(", ");
      return {
        kind: "processes",
        found: `process ${record.owner?.split("/")[0] ?? "?"} has ended without a word; ${still === "" ? "nothing that it started runs" : `still running: ${still}`}`,
        path: record.path,
        runId: record.runs.at(-1)?.runId ?? null,
        advice: "remove",
        remedy: fix,
        mend: () => reap(one),
      };
    }),
    ...unknown.map(({ owner, path, runs }): FoundLeftover => ({
      kind: "processes",
      found: `nothing can be said from here of ${owner ?? "a process that has not said its name"}; what it may use is left alone`,
      path,
      runId: runs.at(-1)?.runId ?? null,
      advice: "keep",
      remedy: "look on that machine; where the process is gone for good, remove the file",
      mend: null,
    })),
  ];
}

async function runRows(
  { stateDirectory, store, living }: Search,
  unfinished: readonly RunSummary[],
  trees: readonly TreeFolder[],
): Promise<FoundLeftover[]> {
  // One that has ended since is no longer called running.
  const running = new Set(
    (await store.catalog.list()).flatMap(({ id, status }) => (status === "running" ? id : [])),
  );
  const dead = unfinished.filter(({ id }) => !living.runs.has(id) && running.has(id));
  return Promise.all(
    dead.map(async ({ id, goal }) => {
      const own = trees.filter(({ runId }) => runId === id);
      const repositories = [...new Set(own.map(({ repositoryId }) => repositoryId))];
      const refs = await Promise.all(
        repositories.map((one) => keptRefs(cloneAt(stateDirectory, one), id).catch(() => 0)),
      );
      const kept = refs.reduce((sum, count) => sum + count, 0);
      const about = goal.length > 60 ? `${goal.slice(0, 60)}…` : goal;
      return {
        kind: "run" as const,
        found: `run ${id} (${about}) says that it is running, and its process is gone; ${own.length} work trees and ${kept} commits of it are kept`,
        path: null,
        runId: id,
        advice: "resume" as const,
        remedy: `portcullis resume ${id}`,
        mend: null,
      };
    }),
  );
}

async function treeRows(search: Search, trees: readonly TreeFolder[]): Promise<FoundLeftover[]> {
  const unused = trees.filter((tree) => !isInUse(tree, search.living));
  const states = new Map<string, RunState>();
  const rows: FoundLeftover[] = [];
  for (const tree of unused) rows.push(...(await treeRow(search, tree, states)));
  return rows;
}

async function treeRow(
  search: Search,
  tree: TreeFolder,
  states: Map<string, RunState>,
): Promise<FoundLeftover[]> {
  const { stateDirectory, runs, store } = search;
  const { id, path, runId, repositoryId } = tree;
  const clone = cloneAt(stateDirectory, repositoryId);
  const about = { kind: "work tree" as const, path, runId };
  const removable = (found: string): FoundLeftover => ({
    ...about,
    found,
    advice: "remove",
    remedy: fix,
    mend: () => whileUnused(search, tree, () => removeCheckout(clone, id)),
  });
  if (runId === null) return [removable("a checkout in which dependencies were to be installed")];
  const kept = (found: string, remedy: string): FoundLeftover => ({
    ...about,
    found,
    advice: "keep",
    remedy,
    mend: null,
  });
  if (!runs.has(runId)) {
    return [kept(`of run ${runId}, which the store does not know`, "take what you need, then remove it")];
  }
  const state = states.get(runId) ?? fold(runId, await store.events.read(runId));
  states.set(runId, state);
  const use = useOfTree(id, state);
  if (use === "standing") return [];
  if (use === "passing") return [removable(`a checkout that run ${runId} made for a while`)];
  if (use === "saved") return [removable(`of run ${runId}; a commit has what lies in it`)];
  const work = await workIn(clone, id, state);
  const take =
    use === "needed" ? `portcullis resume ${runId} takes the run up` : "take what you need, then remove it";
  if (work !== null) return [kept(`of run ${runId} (${state.status}): ${work}`, take)];
  return use === "needed" ? [] : [removable(`of run ${runId}; nothing is in it that no commit has`)];
}

/** What would be lost with it, or null. What cannot be looked into may hold something. */
async function workIn(clone: PrivateClone, id: string, { environment }: RunState): Promise<string | null> {
  try {
    const checkout = await findCheckout(clone, id);
    if (checkout === null) return null;
    return (await hasUnsavedWork(checkout, environment?.roots ?? []))
      ? "it holds work that no commit has"
      : null;
  } catch (error) {
    return `git cannot look into it (${messageOf(error)})`;
  }
}

function lockRows({ living, records }: Search, locks: readonly Lock[]): FoundLeftover[] {
  const now = Date.now();
  return locks.flatMap((lock): FoundLeftover[] => {
    const isInRepository = ({ state, runs }: Records["living"][number]): boolean =>
      (state === "unknown" && runs.length === 0) ||
      runs.some(({ repositoryId }) => repositoryId === lock.repositoryId);
    const used = lock.runId === null ? records.living.some(isInRepository) : living.runs.has(lock.runId);
    if (!isStaleLock(lock, { isInUse: used, now })) return [];
    return [
      {
        kind: "git lock",
        found: "a git command that was killed holds it; the next one would fail",
        path: lock.path,
        runId: lock.runId,
        advice: "remove",
        remedy: fix,
        mend: () => removeLock(lock),
      },
    ];
  });
}

function remainsRows(search: Search, remains: readonly Remains[]): FoundLeftover[] {
  return remains
    .filter((one) => !isInUse(one, search.living))
    .map((one) => ({
      kind: one.kind,
      found:
        one.runId === null ? "nobody who lives has made it" : `of run ${one.runId}, which is not going on`,
      path: one.path,
      runId: one.runId,
      advice: "remove" as const,
      remedy: fix,
      mend: () => whileUnused(search, one, () => removeFolder(one.path)),
    }));
}

const fix = "portcullis doctor --fix takes it away";

/**
 * Acts while the run cannot be taken up: under its lease, which a `resume` needs too. What belongs to no run has a name that nobody
 * gives again. What has been made anew meanwhile is left alone.
 */
async function whileUnused(
  { stateDirectory }: Search,
  made: (Remains | TreeFolder) & { runId: string | null },
  act: () => Promise<void>,
): Promise<void> {
  const actOnSame = async (): Promise<void> => {
    if (await isStillThere(made)) await act();
  };
  const { runId } = made;
  if (runId === null || !existsSync(join(stateDirectory, databaseFile))) return actOnSame();
  const store = await openStore({ stateDirectory, redactor: createRedactor([]) });
  try {
    if (await isHeld(store, runId)) throw goesOn(runId);
    const held = await holdLease(store.lease, runLease(runId), {
      holder: newHolder(),
      lookForProcess,
      onLost: () => undefined,
    });
    try {
      const { living } = inspectRecords(stateDirectory);
      if (living.some(({ runs }) => runs.some((run) => run.runId === runId))) throw goesOn(runId);
      await actOnSame();
    } finally {
      await held.release();
    }
  } finally {
    await store.close();
  }
}

function goesOn(runId: string): PortcullisError {
  return new PortcullisError({
    code: "run.goes-on",
    kind: "environment",
    message: `run ${runId} goes on by now`,
    remedy: "nothing: it tidies up itself",
  });
}
