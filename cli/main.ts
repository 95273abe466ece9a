import { exitCodes, messageOf, PortcullisError } from "../exit-codes.ts";
import type { CommandEntry, GlobalOptions } from "./command.ts";
import { globalOptions, helpText, nearestCommand } from "./help.ts";
import { commands } from "./table.ts";
import { packageVersion } from "./version.ts";

/** Runs a command line and gives the exit code. The one place where an unexpected error ends up. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on("error", ignoreBrokenPipe);
  const debug = args.some((arg, index) => arg === "debug" && args[index - 1] === "--log-level");
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
  if (word === "help") return help(args[at + 1]);
  if (word === undefined) {
    const option = before.find((arg) => arg.startsWith("-") && !globalNames.has(arg));
    if (option !== undefined) throw usage(`unknown option '${option}'`, "see portcullis --help");
    process.stderr.write(helpText());
    return exitCodes.usage;
  }
  return runCommand(entryOf(word), [...before, ...args.slice(at + 1)]);
}

const globalNames = new Set(globalOptions.map(([flag]) => flag.split(" ", 1)[0]));

function help(word: string | undefined): number | Promise<number> {
  return word === undefined ? print(helpText()) : runCommand(entryOf(word), ["--help"]);
}

function entryOf(word: string): CommandEntry {
  const entry = commands.find(({ name }) => name === word);
  if (entry === undefined) throw unknownCommand(word);
  return entry;
}

/** The first word that is neither an option nor the value of a global one. */
function commandIndex(args: readonly string[]): number {
  return args.findIndex(
    (arg, index) => !arg.startsWith("-") && !["--state-dir", "--log-level"].includes(args[index - 1] ?? ""),
  );
}

const logLevels = ["error", "warn", "info", "debug"];

async function runCommand(entry: CommandEntry, args: readonly string[]): Promise<number> {
  const [{ Command, CommanderError, Option }, { configure }] = await Promise.all([
    import("commander"),
    entry.load(),
  ]);
  let exitCode: number = exitCodes.passed;
  const command = new Command(`portcullis ${entry.name}`)
    .description(entry.summary)
    .option("--state-dir <dir>", "where state is kept")
    .addOption(new Option("--log-level <level>", "how much is said").choices(logLevels).default("info"))
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

function unknownCommand(word: string): PortcullisError {
  const nearest = nearestCommand(word);
  const remedy = nearest === null ? "see portcullis --help" : `did you mean 'portcullis ${nearest}'?`;
  return usage(`unknown command '${word}'`, remedy);
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

/** `portcullis runs | head` is no failure. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCodes.passed);
}
