import { nearest } from "../exit-codes.ts";
import type { CommandEntry } from "./command.ts";
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

/** Commands of a group: `pipeline` has `pipeline check`. Empty where there is no such group. */
export function groupOf(word: string): readonly CommandEntry[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

export function groupHelp(word: string): string {
  const rows = groupOf(word).map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`);
  return [`Usage: portcullis ${word} COMMAND`, "", "Commands:", ...rows, ""].join("\n");
}

/** The command that was probably meant, or null. */
export function nearestCommand(word: string): string | null {
  return nearest(
    word,
    commands.map(({ name }) => name),
  );
}
