import { setTimeout as delay } from "node:timers/promises";
import { PortcullisError } from "../core/errors.ts";
import { familyOf, listProcesses, type ProcessInfo } from "./processes.ts";

const graceMs = 500;
const deadlineMs = 5000;
const pollMs = 10;

/**
 * Ends a process group and everything that descends from it, by SIGTERM and after 500 ms by SIGKILL; resolves when none
 * of it runs. Who made a session of its own is found through its parents, as long as those live: the family is taken
 * down before it is forgotten. Error: `process.not-ended` after 5 s.
 */
export async function endFamily(leader: number): Promise<"ended" | "killed"> {
  const known = new Map<number, ProcessInfo>();
  const started = Date.now();
  let killed = false;
  for (let sent: NodeJS.Signals | null = null; ; await delay(pollMs)) {
    const alive = livingFamily(leader, known);
    if (alive.length === 0) return killed ? "killed" : "ended";
    const elapsed = Date.now() - started;
    if (elapsed > deadlineMs) throw notEnded(leader, alive);
    const signal: NodeJS.Signals = elapsed >= graceMs ? "SIGKILL" : "SIGTERM";
    // Every round of SIGKILL is repeated: a dying family may still have forked.
    if (signal === sent && signal === "SIGTERM") continue;
    sent = signal;
    killed ||= signal === "SIGKILL";
    for (const { pid } of alive) send(pid, signal);
  }
}

/** Those of the family that run now, and those seen before that still do. */
function livingFamily(leader: number, known: Map<number, ProcessInfo>): readonly ProcessInfo[] {
  const processes = listProcesses();
  const running = new Map(processes.map((one) => [one.pid, one]));
  for (const member of familyOf(leader, processes)) known.set(member.pid, member);
  for (const seen of known.values()) {
    for (const member of familyOf(seen.pid, processes)) known.set(member.pid, member);
  }
  return [...known.values()].filter(({ pid, startTime }) => running.get(pid)?.startTime === startTime);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
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
