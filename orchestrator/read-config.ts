import { PortcullisError } from "../core/errors.ts";
import { commandLineSchema } from "../core/config/schema.ts";
import { parseRepositoryConfig } from "../core/config/read.ts";
import type { RepositoryConfig } from "../core/config/schema.ts";
import { detectConfig, type RepositoryFiles } from "./environment/detect.ts";

const file = "portcullis.yaml";

/**
 * The configuration at the base commit, with the commands of `--check` added. Errors: `check.empty`, `config.invalid`,
 * `config.no-commands` with what would be detected: a run without a command would prove nothing.
 */
export async function readConfig(
  files: RepositoryFiles,
  checks: readonly string[],
): Promise<RepositoryConfig> {
  const blank = checks.find((command) => !commandLineSchema.safeParse(command).success);
  if (blank !== undefined) throw emptyCheck(blank);
  const text = await files.read(file);
  const empty: RepositoryConfig = { setup: null, commands: {}, protected: [] };
  const config = text === null ? empty : parseRepositoryConfig(text, file);
  const named = Object.fromEntries(checks.map((command, index) => [checkName(index), command]));
  const commands = { ...config.commands, ...named };
  if (Object.keys(commands).length > 0) {
    const detected = text === null ? await detectConfig(files) : null;
    return { ...config, setup: config.setup ?? detected?.config.setup ?? null, commands };
  }
  throw noCommands(await suggestion(files));
}

function checkName(index: number): string {
  return index === 0 ? "check" : `check-${index + 1}`;
}

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
