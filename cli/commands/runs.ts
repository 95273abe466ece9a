import { databaseBytes } from "../../disk-use.ts";
import { PortcullisError } from "../../exit-codes.ts";
import { openRunCatalog } from "../../store.ts";
import type { CommandModule } from "../command.ts";
import { byteSize, firstLine, painter, paintOutcome, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const most = 1000;

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--json", "one JSON document")
    .option("--all", "also those that were erased")
    .option("--limit <n>", "at most so many, newest first", "50");
  run(async (options) => {
    const {
      json,
      all = false,
      limit: given,
    } = command.opts<{ json?: boolean; all?: boolean; limit: string }>();
    const limit = limitFrom(given);
    const stateDirectory = stateDirectoryOf(options);
    const catalog = await openRunCatalog({ stateDirectory });
    const runs = await catalog.list({ limit, erased: all });
    catalog.close();
    if (json === true) {
      printJson(runs);
      return 0;
    }
    const paint = painter(options);
    if (runs.length === 0) printLine("no runs yet; `portcullis demo` makes one");
    for (const { id, status, startedAt, goal, erasedAt } of runs) {
      const time = startedAt.slice(0, 19).replace("T", " ");
      const said = erasedAt === null ? firstLine(goal) : paint("dim", `erased ${erasedAt.slice(0, 10)}`);
      printLine(`${id}  ${paintOutcome(paint, status)}${" ".repeat(12 - status.length)}${time}  ${said}`);
    }
    const bytes = await databaseBytes(stateDirectory);
    if (bytes > 0 && process.stdout.isTTY) {
      printLine(paint("dim", `database ${byteSize(bytes)}; portcullis doctor shows all use of the disk`));
    }
    return 0;
  });
};

function limitFrom(given: string): number {
  if (/^[1-9]\d*$/.test(given)) return Math.min(most, Number(given));
  throw new PortcullisError({
    code: "cli.usage",
    kind: "usage",
    message: `expected a number from 1 to ${most} for --limit, found '${given}'`,
    remedy: "see portcullis runs --help",
  });
}
