import { eraseRun, findErasable } from "../../erase-runs.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandModule } from "../command.ts";
import { confirm } from "../confirm.ts";
import { firstLine, printJson, printLine } from "../print.ts";
import { printErased } from "../print-erased.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--yes", "do not ask")
    .option("--force", "also a run that could go on, or whose work trees hold work that no commit has")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { yes = false, force = false, json = false } = command.opts<RmFlags>();
    const stateDirectory = stateDirectoryOf(options);
    const { id, status, goal, erasedAt } = await findErasable({
      stateDirectory,
      run: command.args[0] ?? "",
      force,
    });
    if (erasedAt === null) {
      const question = `Erase what ${id} (${status}: ${firstLine(goal, 60)}) said and kept, for good?`;
      if (!(await confirm(question, { yes, json }))) {
        printLine("nothing is erased");
        return exitCodes.refused;
      }
    }
    const erased = await eraseRun({ stateDirectory, run: id, force });
    if (json) printJson(erased);
    else printErased(erased, erasedAt === null ? "nothing is erased" : `${id} was erased at ${erasedAt}`);
    return exitCodes.passed;
  });
};

interface RmFlags {
  yes?: boolean;
  force?: boolean;
  json?: boolean;
}
