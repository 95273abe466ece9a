import { PortcullisError } from "../core/errors.ts";
import { parseRepositoryConfig } from "../core/config/read.ts";
import type { RepositoryConfig } from "../core/config/schema.ts";
import { detectConfig, type RepositoryFiles } from "./environment/detect.ts";

const file = "portcullis.yaml";

/**
 * The configuration at the base commit, with the commands of `--check` added. Errors: `config.invalid`,
 * `config.no-commands` with what would be detected, and `config.blank-command`: a run without a command would prove nothing.
 */
export async function readConfig(
  files: RepositoryFiles,
  checks: readonly string[],
): Promise<RepositoryConfig> {
  const text = await files.read(file);
  const empty: RepositoryConfig = { setup: null, commands: {}, protected: [] };
  const config = text === null ? empty : parseRepositoryConfig(text, file);
  const commands = withChecks(config.commands, checks);
  for (const [name, line] of Object.entries(commands)) if (isBlank(line)) throw blankCommand(name);
  if (Object.keys(commands).length > 0) {
    const detected = text === null ? await detectConfig(files) : null;
    return { ...config, setup: config.setup ?? detected?.config.setup ?? null, commands };
  }
  throw noCommands(await suggestion(files));
}

/** A check takes the first name that is free: it never stands in for a command of the configuration. */
function withChecks(
  configured: RepositoryConfig["commands"],
  checks: readonly string[],
): RepositoryConfig["commands"] {
  const commands = { ...configured };
  for (const line of checks) {
    let number = 1;
    while (Object.hasOwn(commands, checkName(number))) number += 1;
    commands[checkName(number)] = line;
  }
  return commands;
}

function checkName(number: number): string {
  return number === 1 ? "check" : `check-${number}`;
}

/** A shell does nothing with it and is content. */
function isBlank(line: string): boolean {
  return line.split("\n").every((part) => /^\s*(?:#.*)?$/.test(part));
}

async function suggestion(files: RepositoryFiles): Promise<string> {
  const detected = await detectConfig(files);
  const [command] = Object.values(detected?.config.commands ?? {});
  const init = "`portcullis init` writes portcullis.yaml (commit it)";
  return command === undefined
    ? `${init}; or name a command for this run: --check 'YOUR TEST COMMAND'`
    : `${init}; or for this run alone: --check '${command}'`;
}

function blankCommand(name: string): PortcullisError {
  return new PortcullisError({
    code: "config.blank-command",
    kind: "usage",
    message: `the command '${name}' runs nothing, so it would pass whatever the work is`,
    remedy: `give it a shell line in ${file} or with --check, or leave it out`,
  });
}

function noCommands(remedy: string): PortcullisError {
  return new PortcullisError({
    code: "config.no-commands",
    kind: "usage",
    message: `no command is named in ${file} at the base commit, so nothing could be proven`,
    remedy,
  });
}
