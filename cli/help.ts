import { commands } from "./table.ts";

export const globalOptions = [
  ["--state-dir DIR", "where state is kept (default: $XDG_STATE_HOME/portcullis)"],
  ["--log-level L", "error, warn, info or debug; logs go to stderr"],
  ["--no-color", "plain text"],
  ["--version", "the version"],
  ["--help", "this text, or that of a command"],
] as const;

export function helpText(): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`);
  const options = globalOptions.map(([flag, summary]) => `  ${flag.padEnd(18)}${summary}`);
  return [
    "Usage: portcullis [options] COMMAND",
    "",
    "Runs pipelines of scoped Codex agents over a git repository, and lets nothing through that has not passed its gates.",
    "",
    "Commands:",
    ...rows,
    "",
    "Options:",
    ...options,
    "",
    "`portcullis COMMAND --help` says more. Try `portcullis demo` first.",
    "",
  ].join("\n");
}

/** The command that was probably meant, or null. */
export function nearestCommand(word: string): string | null {
  const ranked = commands
    .map(({ name }) => ({ name, distance: distanceOf(word, name) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= 2 ? best.name : null;
}

/** Levenshtein's. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_none, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
