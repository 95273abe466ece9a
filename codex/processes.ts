import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessInfo {
  pid: number;
  parent: number;
  group: number;
  /** The kernel's start time: with the pid it names a process for ever. */
  startTime: string;
}

/** All processes of this machine that can be seen. Zombies are not among them: they run nothing. */
export function listProcesses(): readonly ProcessInfo[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

/** The process group of `leader`, and all that descends from any member of it. */
export function familyOf(leader: number, processes: readonly ProcessInfo[]): readonly ProcessInfo[] {
  const family = new Map<number, ProcessInfo>();
  let grew = true;
  while (grew) {
    grew = false;
    for (const candidate of processes) {
      const belongs = candidate.pid === leader || candidate.group === leader || family.has(candidate.parent);
      if (!belongs || family.has(candidate.pid)) continue;
      family.set(candidate.pid, candidate);
      grew = true;
    }
  }
  return [...family.values()];
}

/**
 * Those that were started with a variable in their environment that begins so: it finds who left the family by `setsid` after
 * its parent was gone. Linux only; nobody is found elsewhere.
 */
export function startedWith(mark: string, processes: readonly ProcessInfo[]): readonly ProcessInfo[] {
  if (process.platform !== "linux") return [];
  return processes.filter(({ pid }) => environmentOf(pid).some((variable) => variable.startsWith(mark)));
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}

export function startTimeOf(pid: number): string | null {
  if (process.platform === "linux") return readStat(pid)?.startTime ?? null;
  return listProcesses().find((candidate) => candidate.pid === pid)?.startTime ?? null;
}

function fromProc(): readonly ProcessInfo[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

/** proc(5): after the name in parentheses come state, ppid, pgrp, and as the 22nd field the start time. */
function readStat(pid: number): ProcessInfo | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return { pid, parent: Number(fields[1]), group: Number(fields[2]), startTime: fields[19] ?? "" };
  } catch {
    return null;
  }
}

function fromPs(): readonly ProcessInfo[] {
  const table = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const [pid, parent, group, stat, ...start] = line.trim().split(/\s+/);
    if (pid === undefined || pid === "" || stat?.startsWith("Z") === true) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startTime: start.join(" ") }];
  });
}
