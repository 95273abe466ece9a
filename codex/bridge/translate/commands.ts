import { pathToFileURL } from "node:url";
import { split } from "shlex";
import type { CommandAction, ThreadItem } from "../protocol.ts";
import { snake } from "./rename.ts";

export type CommandItem = Extract<ThreadItem, { type: "commandExecution" }>;

/** The app-server joins a command to one shell-quoted line; the core had it as a list. */
export function commandList(line: string): string[] {
  try {
    return split(line);
  } catch {
    return [line];
  }
}

export function parsedCommands(actions: readonly CommandAction[]): readonly Record<string, unknown>[] {
  return actions.map(({ type, command, ...rest }) => ({ type: snake(type), cmd: command, ...rest }));
}

/** What a command's item and its events have in common. */
export function commandCore(item: CommandItem): Record<string, unknown> {
  return {
    process_id: item.processId,
    command: commandList(item.command),
    cwd: pathToFileURL(item.cwd).href,
    parsed_cmd: parsedCommands(item.commandActions),
    source: snake(item.source),
  };
}

/** The app-server keeps one output, as it came; the core's `stderr` was empty for these too. */
export function commandOutcome(item: CommandItem): Record<string, unknown> {
  const output = item.aggregatedOutput ?? "";
  const durationMs = item.durationMs ?? 0;
  return {
    stdout: output,
    stderr: "",
    aggregated_output: output,
    exit_code: item.exitCode ?? -1,
    duration: { secs: Math.floor(durationMs / 1000), nanos: (durationMs % 1000) * 1_000_000 },
    formatted_output: output,
  };
}
