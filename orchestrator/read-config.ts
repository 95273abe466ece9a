import { PortcullisError } from "../core/errors.ts";
import { commandLineSchema } from "../core/config/schema.ts";
import { parseRepositoryConfig } from "../core/config/read.ts";
import type { RepositoryConfig } from "../core/config/schema.ts";
import { detectConfig, type RepositoryFiles } from "./environment/detect.ts";

const file = "portcullis.yaml";

/**
 * The configuration at the base commit, with the commands of `--check` added. Errors: `check.empty`, `config.invalid`,
 * `config.no-commands` with what would be detected: a run without a command would prove nothing. `uncommitted`: there is a
 * configuration in the work tree that the base does not have.
 */
export async function readConfig(
  files: RepositoryFiles,
  checks: readonly string[],
  uncommitted = false,
): Promise<RepositoryConfig> {
  const blank = checks.find((command) => !commandLineSchema.safeParse(command).success);
  if (blank !== undefined) throw emptyCheck(blank);
  const text = await files.read(file);
  const empty: RepositoryConfig = { setup: null, commands: {}, protected: [] };
  const config = text === null ? empty : parseRepositoryConfig(text, file);
  const commands = withChecks(config.commands, checks);
  if (Object.keys(commands).length > 0) {
    const detected = text === null ? await detectConfig(files) : null;
    return { ...config, setup: config.setup ?? detected?.config.setup ?? null, commands };
  }
  throw noCommands(uncommitted ? commitIt : await suggestion(files));
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

const commitIt = `there is a ${file} in your work tree: commit it, for a run starts from a commit`;

async function suggestion(files: RepositoryFiles): Promise<string> {
  const detected = await detectConfig(files);
  const [command] = Object.values(detected?.config.commands ?? {});
  const init = "`portcullis init` writes portcullis.yaml (commit it)";
  return command === undefined
    ? `${init}; or name a command for this run: --check 'YOUR TEST COMMAND'`
    : `${init}; or for this run alone: --check '${command}'`;
}

function emptyCheck(command: string): PortcullisError {
  return new PortcullisError({
    code: "check.empty",
    kind: "usage",
    message: `expected --check to name a shell line that runs something, found ${JSON.stringify(command.slice(0, 80))}`,
    remedy: "write for example --check 'npm test'",
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
