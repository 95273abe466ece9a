import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { familyOf, listProcesses, type ProcessInfo } from "../../codex/processes.ts";
import { processesWith } from "./processes.ts";

/** A `sleep` that can be told from all others, for a shell line. */
export function tellableSleep(): { line: string; pids(): number[] } {
  const seconds = `3${randomInt(1e9)}`;
  return { line: `sleep ${seconds}`, pids: () => processesWith(`sleep\0${seconds}`) };
}

/** All that descends from a process, it among them. */
export function descendantsOf(pid: number): readonly ProcessInfo[] {
  return familyOf(pid, listProcesses());
}

/** Those of them that run. */
export function stillRunning(processes: readonly ProcessInfo[]): readonly ProcessInfo[] {
  const now = new Map(listProcesses().map((one) => [one.pid, one.startTime]));
  return processes.filter(({ pid, startTime }) => now.get(pid) === startTime);
}

export async function until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
