import { rmSync, statSync } from "node:fs";
import { endFamily } from "./end-family.ts";
import { isOfThisBoot, lookForProcess } from "./process-identity.ts";
import { readProcessRecords, type ProcessRecord } from "./process-records.ts";
import { listProcesses, startedWith } from "./processes.ts";

const beginningMs = 60_000;

/** A record whose process runs no more, and what of it runs still. */
export interface DeadRecord {
  record: ProcessRecord;
  /** Leaders by pid and start time, and whoever has the mark. */
  running: readonly { pid: number; what: string }[];
}

export interface Records {
  /** `unknown`: of another machine, or torn; nothing can be said of it, so it counts as living. */
  living: readonly (ProcessRecord & { state: "running" | "unknown" })[];
  dead: readonly DeadRecord[];
}

/** Who works in a state folder, ourselves not counted, and who has died in it. Changes nothing. */
export function inspectRecords(stateDirectory: string): Records {
  const records = readProcessRecords(stateDirectory).map((record) => ({
    record,
    state: stateOf(record),
  }));
  return {
    living: records.flatMap(({ record, state }) => (state === "gone" ? [] : [{ ...record, state }])),
    dead: records.flatMap(({ record, state }) =>
      state === "gone" ? [{ record, running: runningOf(record) }] : [],
    ),
  };
}

/**
 * Ends what a dead process left running, then takes its record away. Error: `process.not-ended` after 5 s; the record stays. A
 * leader counts by pid and start time; where it is gone, its group counts by the mark alone: the number may be a stranger's.
 */
export async function reap({ record }: DeadRecord): Promise<void> {
  if (isOfNow(record)) {
    const now = new Map(listProcesses().map(({ pid, startTime }) => [pid, startTime]));
    const leaders = record.families.filter(({ pid, startTime }) => now.get(pid) === startTime);
    await Promise.all(leaders.map((family) => endFamily({ ...family, mark: record.mark })));
    await endFamily({ pid: noLeader, startTime: "", mark: record.mark });
  }
  rmSync(record.path, { force: true });
}

/** One that has not said who it is begins at this moment, or was cut off when it began. */
function stateOf({ owner, path }: ProcessRecord): "running" | "gone" | "unknown" {
  if (owner !== null) return lookForProcess(owner);
  const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - changedAt > beginningMs ? "gone" : "unknown";
}

/** Pids of before the last boot are other processes' by now. */
function isOfNow({ owner }: ProcessRecord): boolean {
  return owner === null || isOfThisBoot(owner);
}

/** No process has it. */
const noLeader = -1;

function runningOf(record: ProcessRecord): DeadRecord["running"] {
  if (!isOfNow(record)) return [];
  const { families, mark } = record;
  const processes = listProcesses();
  const marked = new Set(startedWith(mark, processes).map(({ pid }) => pid));
  return processes.flatMap(({ pid, startTime }) => {
    const family = families.find((one) => one.pid === pid && one.startTime === startTime);
    if (family === undefined && !marked.has(pid)) return [];
    return [{ pid, what: family?.what ?? "a process that it started" }];
  });
}
