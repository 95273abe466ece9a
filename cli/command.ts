import type { Command } from "commander";

/** Options that every command takes. */
export interface GlobalOptions {
  stateDir?: string;
  logLevel: string;
  color: boolean;
}

/** What a file in `commands/` exports: how its command is called, and what it does. The result is the exit code. */
export interface CommandModule {
  configure(command: Command, run: (action: (options: GlobalOptions) => Promise<number>) => void): void;
}

export interface CommandEntry {
  /** One word, or two for a command of a group: `pipeline check`. */
  name: string;
  summary: string;
  load: () => Promise<CommandModule>;
}
