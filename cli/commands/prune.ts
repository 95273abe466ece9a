import { pruneRuns, readRetention } from "../../erase-runs.ts";
import type { CommandModule } from "../command.ts";
import { ageMs } from "../age.ts";
import { printJson, printLine } from "../print.ts";
import { printErased } from "../print-erased.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const dayMs = 86_400_000;

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option(
      "--older-than <age>",
      "runs that ended longer ago, e.g. 12h, 30d, 2w (default: the retention setting)",
    )
    .option("--dry-run", "only tell which")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { olderThan, dryRun = false, json } = command.opts<PruneFlags>();
    const stateDirectory = stateDirectoryOf(options);
    const olderThanMs =
      olderThan === undefined ? settingMs(stateDirectory) : ageMs(olderThan, "--older-than");
    const pruned = await pruneRuns({ stateDirectory, olderThanMs, dryRun });
    if (json === true) printJson(pruned);
    else if (dryRun) {
      for (const id of pruned.runs) printLine(`${id}  would be erased`);
      if (pruned.runs.length === 0) printLine("nothing to erase");
    } else printErased(pruned, "nothing to erase");
    if (json !== true)
      for (const id of pruned.kept) printLine(`${id}  kept: a work tree has work that no commit has`);
    return 0;
  });
};

interface PruneFlags {
  olderThan?: string;
  dryRun?: boolean;
  json?: boolean;
}

function settingMs(stateDirectory: string): number | null {
  const { retentionDays } = readRetention(stateDirectory);
  return retentionDays === null ? null : retentionDays * dayMs;
}
