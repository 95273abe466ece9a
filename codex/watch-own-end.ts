import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { listenToFamilies, livingFamilies, markName, orchestratorId } from "../core/families.ts";
import { familyOf, listProcesses } from "./processes.ts";

/**
 * Reads a pipe whose other end this process alone holds: it ends with us, however we end. Until then it is told which families
 * live; those are stopped first of all, before they see that we are gone and leave children of their own behind. Whoever has
 * our mark (`$1`) in its environment, is in a group that such a one leads, or descends from one, is told to end, and killed
 * after half a second.
 */
const watcher = `
members='
  { rest = $0; if (!sub(/^.*\\) /, "", rest)) next; split(rest, field, " "); if (field[1] ~ /[ZX]/) next
    parent[$1] = field[2]; group[$1] = field[3]; name[$1] = $1 "/" field[20] }
  END {
    count = split(marked, list, " "); for (i = 1; i <= count; i++) member[list[i]]
    count = split(known, list, " ")
    for (i = 1; i <= count; i++) { split(list[i], part, "/"); if (name[part[1]] == list[i]) member[part[1]] }
    do {
      grew = 0
      for (pid in parent)
        if (!(pid in member) && ((parent[pid] in member) || (group[pid] in member))) { member[pid]; grew = 1 }
    } while (grew)
    for (pid in member) if (pid in name) print name[pid]
  }'
live=' '
while read -r verb pid; do
  case $verb in
    +) live="$live$pid " ;;
    -) case $live in *" $pid "*) live="\${live%% $pid *} \${live#* $pid }" ;; esac ;;
  esac
done
for pid in $live; do kill -s STOP -- -$pid 2>/dev/null; done
known=
told=' '
tries=0
while [ $tries -lt 45 ]; do
  marked=
  [ $tries = 0 ] && marked=$live
  for path in $(grep -lF -e "$1" /proc/[0-9]*/environ 2>/dev/null); do
    path=\${path#/proc/}
    marked="$marked \${path%/environ}"
  done
  known=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v marked="$marked" -v known="$(echo $known)" "$members")
  [ -z "$known" ] && exit 0
  for one in $known; do
    signal=KILL
    if [ $tries -lt 5 ]; then
      case $told in *" $one "*) continue ;; esac
      signal=TERM
      told="$told$one "
    fi
    kill -s $signal -- -\${one%/*} 2>/dev/null
    kill -s $signal \${one%/*} 2>/dev/null
  done
  [ $tries = 0 ] && for pid in $live; do kill -s CONT -- -$pid 2>/dev/null; done
  tries=$((tries + 1))
  sleep 0.1
done
`;

let watched = false;

/**
 * Sees to it that nothing which this process starts outlives it by more than 5 s: not when it exits with children that run, and
 * not when it is killed, where the system shows environments of processes (Linux). Called before the first child is started; idempotent.
 */
export function watchOwnEnd(): void {
  if (watched) return;
  watched = true;
  process.once("exit", killFamilies);
  if (process.platform !== "linux") return;
  const child = spawn("/bin/sh", ["-c", watcher, "portcullis-watcher", `${markName}=${orchestratorId}`], {
    // In a session of its own: what ends our group, or our terminal, does not end it.
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it the next start finds what is left.
  child.on("error", () => undefined);
  const { stdin } = child;
  stdin.on("error", () => undefined);
  listenToFamilies({
    started: ({ pid }) => void stdin.write(`+ ${pid}\n`),
    ended: ({ pid }) => void stdin.write(`- ${pid}\n`),
  });
  child.unref();
  if (stdin instanceof Socket) stdin.unref();
}

/** At once and without waiting for them: for an end that cannot wait. */
function killFamilies(): void {
  const leaders = livingFamilies();
  if (leaders.length === 0) return;
  const processes = listProcesses();
  const groups = new Set(leaders.flatMap(({ pid }) => familyOf(pid, processes).map(({ group }) => group)));
  for (const group of groups) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
