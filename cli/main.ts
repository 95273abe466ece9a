import { exitCodes, messageOf, PortcullisError } from "../exit-codes.ts";
import type { CommandEntry, GlobalOptions } from "./command.ts";
import { globalOptions, groupHelp, groupOf, helpText, nearestCommand } from "./help.ts";
import { onLostOutput } from "./lost-output.ts";
import { commands } from "./table.ts";
import { packageVersion } from "./version.ts";

const logLevels = ["error", "warn", "info", "debug"];

/** Runs a command line and gives the exit code. The one place where an unexpected error ends up. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on("error", onLostOutput);
  process.stderr.on("error", onLostOutput);
  const debug = / --log-level[ =]debug( |$)/.test(` ${args.join(" ")}`);
  // Node's own exit code for what nobody caught is 1, which says that a gate refused.
  process.on("uncaughtException", (error) => process.exit(report(error, debug)));
  try {
    return await dispatch(args);
  } catch (error) {
    return report(error, debug);
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const at = commandIndex(args);
  const word = args[at];
  const before = args.slice(0, at === -1 ? args.length : at);
  if (before.includes("--version")) return print(`${packageVersion()}\n`);
  if (before.includes("--help") || before.includes("-h")) return print(helpText());
  if (word === "help") return helpOn(args.slice(at + 1));
  if (word === undefined) {
    const option = before.find((arg) => arg.startsWith("-"));
    if (option !== undefined) throw optionWithoutCommand(option);
    process.stderr.write(helpText());
    return exitCodes.usage;
  }
  const [entry, ...rest] = entryFor(args.slice(at));
  return entry === null ? print(groupHelp(word)) : runCommand(entry, [...before, ...rest]);
}

function helpOn(words: readonly string[]): Promise<number> | number {
  const [word] = words;
  if (word === undefined || word.startsWith("-")) return print(helpText());
  const [entry] = entryFor(words.length === 1 && groupOf(word).length > 0 ? [word, "--help"] : words);
  return entry === null ? print(groupHelp(word)) : runCommand(entry, ["--help"]);
}

/** The command that the first words name, with what is left of them; null where a group's help is asked for. */
function entryFor([word = "", ...rest]: readonly string[]): [entry: CommandEntry | null, ...string[]] {
  const entry = commands.find(({ name }) => name === word);
  if (entry !== undefined) return [entry, ...rest];
  const group = groupOf(word);
  if (group.length === 0) throw unknownCommand(word);
  const [second, ...others] = rest;
  const member = group.find(({ name }) => name === `${word} ${second}`);
  if (member !== undefined) return [member, ...others];
  if (second === "--help" || second === "-h") return [null];
  if (second === undefined) throw usage(`expected a command after '${word}', found none`, knownOf(group));
  throw unknownCommand(`${word} ${second}`, group);
}

/** The first word that is neither an option nor the value of a global one. */
function commandIndex(args: readonly string[]): number {
  return args.findIndex(
    (arg, index) => !arg.startsWith("-") && !["--state-dir", "--log-level"].includes(args[index - 1] ?? ""),
  );
}

async function runCommand(entry: CommandEntry, args: readonly string[]): Promise<number> {
  const [{ Command, CommanderError, Option }, { configure }] = await Promise.all([
    import("commander"),
    entry.load(),
  ]);
  let exitCode: number = exitCodes.passed;
  const command = new Command(`portcullis ${entry.name}`)
    .description(entry.summary)
    .option("--state-dir <dir>", "where state is kept")
    .addOption(new Option("--log-level <level>", "what goes to stderr").choices(logLevels).default("info"))
    .option("--no-color", "plain text")
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  configure(command, (action) => {
    command.action(async () => {
      exitCode = await action(command.opts<GlobalOptions>());
    });
  });
  try {
    await command.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.passed;
    throw usage(error.message.replace(/^error: /, ""), `see portcullis ${entry.name} --help`);
  }
}

function report(error: unknown, debug: boolean): number {
  if (error instanceof PortcullisError) {
    process.stderr.write(`portcullis: ${error.message}\n  → ${error.remedy}\n`);
    if (debug) process.stderr.write(`${error.stack ?? ""}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `portcullis: a defect of ours: ${messageOf(error)}\n` +
      "  → please report it with the command line; --log-level debug shows where it happened\n",
  );
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return exitCodes.defect;
}

function unknownCommand(word: string, group: readonly CommandEntry[] = []): PortcullisError {
  const nearest = nearestCommand(word);
  const otherwise = group.length === 0 ? "see portcullis --help" : knownOf(group);
  return usage(
    `unknown command '${word}'`,
    nearest === null ? otherwise : `did you mean 'portcullis ${nearest}'?`,
  );
}

function knownOf(group: readonly CommandEntry[]): string {
  return `there is ${group.map(({ name }) => `'portcullis ${name}'`).join(", ")}`;
}

function optionWithoutCommand(option: string): PortcullisError {
  const name = option.split("=", 1)[0] ?? "";
  const known = globalOptions.some(([flag]) => flag.split(" ", 1)[0] === name);
  return usage(known ? "no command is given" : `unknown option '${option}'`, "see portcullis --help");
}

function usage(message: string, remedy: string): PortcullisError {
  return new PortcullisError({
    code: "cli.usage",
    kind: "usage",
    message: message.split("\n", 1)[0] ?? "",
    remedy,
  });
}

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.passed;
}
