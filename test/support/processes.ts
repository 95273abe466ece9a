import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Pids of those whose command line or environment holds the text, by a way of the tests' own. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (name) => read(`/proc/${name}/cmdline`).includes(text) || read(`/proc/${name}/environ`).includes(text),
    )
    .map(Number);
}

/** Whether it came to hold within that time. */
export async function until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
