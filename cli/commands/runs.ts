import { PortcullisError } from "../../exit-codes.ts";
import { openRunCatalog } from "../../store.ts";
import type { CommandModule } from "../command.ts";
import { firstLine, painter, paintOutcome, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const most = 1000;

export const configure: CommandModule["configure"] = (command, run) => {
  command.option("--json", "one JSON document").option("--limit <n>", "at most so many, newest first", "50");
  run(async (options) => {
    const { json, limit: given } = command.opts<{ json?: boolean; limit: string }>();
    const limit = limitFrom(given);
    const catalog = await openRunCatalog({ stateDirectory: stateDirectoryOf(options) });
    const runs = await catalog.list({ limit });
    catalog.close();
    if (json === true) {
      printJson(runs);
      return 0;
    }
    const paint = painter(options);
    if (runs.length === 0) printLine("no runs yet; `portcullis demo` makes one");
    for (const { id, status, startedAt, goal } of runs) {
      const time = startedAt.slice(0, 19).replace("T", " ");
      printLine(
        `${id}  ${paintOutcome(paint, status)}${" ".repeat(12 - status.length)}${time}  ${firstLine(goal)}`,
      );
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
