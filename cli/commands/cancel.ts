import type { CommandModule } from "../command.ts";
import { printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { cancelRun } = await import("../../index.ts");
    const { runId, after } = await cancelRun({
      run: command.args[0] ?? "",
      stateDirectory: stateDirectoryOf(options),
    });
    if (command.opts<{ json?: boolean }>().json === true) {
      printJson({ schemaVersion: 1, run: { id: runId, status: after } });
    } else if (after === "cancelled") printLine(`run ${runId} is cancelled`);
    else printLine(`run ${runId} was over before it could be cancelled: ${after}`);
    return 0;
  });
};
