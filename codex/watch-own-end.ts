import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { livingFamilies, markName, orchestratorId } from "../core/families.ts";

/**
 * Reads a pipe whose other end this process alone holds: it ends with us, however we end. Then whoever has our mark in its
 * environment is told to end, and killed after half a second; the group that it leads too. `$1` is the mark.
 */
const watcher = `
read -r _
tries=0
while [ $tries -lt 45 ]; do
  found=$(grep -lF -e "$1" /proc/[0-9]*/environ 2>/dev/null)
  [ -z "$found" ] && exit 0
  signal=KILL
  [ $tries -lt 5 ] && signal=TERM
  for path in $found; do
    pid=\${path#/proc/}
    pid=\${pid%/environ}
    if [ $signal = KILL ] || [ "\${told#* $pid }" = "$told" ]; then
      kill -$signal -- -$pid 2>/dev/null
      kill -$signal $pid 2>/dev/null
    fi
    told="$told $pid "
  done
  tries=$((tries + 1))
  sleep 0.1
done
`;

let watched = false;

/**
 * Sees to it that nothing which this process starts outlives it: not when it exits with children that run, and not when it is
 * killed, where the system shows environments of processes (Linux). Called before the first child is started; idempotent.
 */
export function watchOwnEnd(): void {
  if (watched) return;
  watched = true;
  process.once("exit", killFamilies);
  if (process.platform !== "linux" || !existsSync("/bin/sh")) return;
  const mark = `${markName}=${orchestratorId}`;
  const child = spawn("/bin/sh", ["-c", watcher, "portcullis-watcher", mark], {
    // In a session of its own: what ends our group, or our terminal, does not end it.
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it a run is as before: the next start finds what is left.
  child.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
}

/** At once, and without waiting for them: for an end that cannot wait. */
function killFamilies(): void {
  for (const { pid } of livingFamilies()) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
