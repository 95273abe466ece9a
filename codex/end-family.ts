import { setTimeout as delay } from "node:timers/promises";
import { PortcullisError } from "../core/errors.ts";
import { familyStarted } from "../core/families.ts";
import { familyOf, listProcesses, startedWith, type ProcessInfo } from "./processes.ts";

const graceMs = 500;
const deadlineMs = 5000;
const pollMs = 10;

export interface Family {
  /** The leader of the process group. */
  pid: number;
  /** Of the leader: a stranger who got its pid later is left alone. */
  startTime: string;
  /** How a variable begins that is in the environment of all that the leader starts: `NAME=VALUE`. */
  mark: string;
}

/**
 * Ends a process group and everything that descends from it, by SIGTERM and after 500 ms by SIGKILL; resolves when none
 * of it runs. Who made a session of its own is found through its parents, or where those are gone by the mark.
 * Error: `process.not-ended` after 5 s.
 */
export async function endFamily(family: Family): Promise<"ended" | "killed"> {
  const groups = new Map<number, () => void>();
  try {
    return await endAll(family, groups);
  } finally {
    for (const ended of groups.values()) ended();
  }
}

async function endAll(family: Family, registered: Map<number, () => void>): Promise<"ended" | "killed"> {
  const known = new Map<number, ProcessInfo>();
  const started = performance.now();
  let killed = false;
  const told = new Set<number>();
  for (; ; await delay(pollMs)) {
    const alive = livingFamily(family, known);
    if (alive.length === 0) return killed ? "killed" : "ended";
    const elapsed = performance.now() - started;
    if (elapsed > deadlineMs) throw notEnded(family.pid, alive);
    // To whole groups: no fork outruns that. Theirs hold nobody else, as the leader made a session of its own.
    const groups = new Set(alive.map(({ group }) => group));
    killed ||= elapsed >= graceMs;
    for (const group of groups) {
      // Once its parents are gone nobody else would know that it is ours, should we be killed meanwhile.
      if (group !== family.pid && !registered.has(group)) {
        registered.set(group, familyStarted({ pid: group, what: "a process that it started" }));
      }
      // SIGKILL again and again: a dying family may still have forked.
      if (killed) send(group, "SIGKILL");
      else if (!told.has(group)) send(group, "SIGTERM");
      told.add(group);
    }
  }
}

/** Those of the family that run now, and those seen before that still do. */
function livingFamily(family: Family, known: Map<number, ProcessInfo>): readonly ProcessInfo[] {
  const processes = listProcesses();
  const running = new Map(processes.map((one) => [one.pid, one]));
  const runs = ({ pid, startTime }: ProcessInfo): boolean => running.get(pid)?.startTime === startTime;
  const add = (members: readonly ProcessInfo[]): void => {
    for (const member of members) known.set(member.pid, member);
  };
  const leader = running.get(family.pid);
  // A group keeps its number from being given away: a stranger of that pid means that our group is gone.
  if (leader === undefined || leader.startTime === family.startTime) add(familyOf(family.pid, processes));
  for (const seen of known.values()) {
    if (!running.has(seen.pid) || runs(seen)) add(familyOf(seen.pid, processes));
  }
  const alive = [...known.values()].filter(runs);
  if (alive.length > 0) return alive;
  for (const marked of startedWith(family.mark, processes)) add(familyOf(marked.pid, processes));
  return [...known.values()].filter(runs);
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended by itself.
  }
}

function notEnded(leader: number, alive: readonly ProcessInfo[]): PortcullisError {
  return new PortcullisError({
    code: "process.not-ended",
    kind: "environment",
    message: `processes of group ${leader} did not end within ${deadlineMs} ms: ${alive.map(({ pid }) => pid).join(", ")}`,
    remedy: "end them by hand; they may hang in the kernel",
  });
}
