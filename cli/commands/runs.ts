import { PortcullisError } from "../../exit-codes.ts";
import { openRunCatalog } from "../../store.ts";
import type { CommandModule } from "../command.ts";
import { firstLine, painter, paintOutcome, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const mostRuns = 1000;

export const configure: CommandModule["configure"] = (command, run) => {
  command.option("--json", "one JSON document").option("--limit <n>", "at most so many, newest first", "50");
  run(async (options) => {
    const { json, limit } = command.opts<{ json?: boolean; limit: string }>();
    const count = atMost(limit);
    const catalog = await openRunCatalog({ stateDirectory: stateDirectoryOf(options) });
    const runs = await catalog.list({ limit: count });
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

function atMost(limit: string): number {
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= mostRuns) return count;
  throw new PortcullisError({
    code: "runs.limit",
    kind: "usage",
    message: `--limit: expected a number from 1 to ${mostRuns}, found '${limit.slice(0, 40)}'`,
    remedy: "leave it out for the last 50",
  });
}
