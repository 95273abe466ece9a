import { exitCodes } from "../../exit-codes.ts";
import type { CommandModule } from "../command.ts";
import { painter, plain, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--codex <path>", "the Codex to examine (default: the bundled one)")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { codex, json } = command.opts<{ codex?: string; json?: boolean }>();
    const { examine } = await import("../../doctor.ts");
    const stateDirectory = stateDirectoryOf(options);
    const found = await examine({ stateDirectory, ...(codex === undefined ? {} : { codexPath: codex }) });
    if (json === true) printJson(found);
    else {
      const paint = painter(options);
      for (const { name, ok, found: what, remedy } of found) {
        printLine(
          `${ok ? paint("green", "ok   ") : paint("red", "wrong")}  ${name.padEnd(8)}  ${plain(what)}`,
        );
        if (remedy !== null) printLine(`                 → ${plain(remedy)}`);
      }
    }
    return found.every(({ ok }) => ok) ? exitCodes.passed : exitCodes.environment;
  });
};
