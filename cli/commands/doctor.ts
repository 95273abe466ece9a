import { exitCodes } from "../../exit-codes.ts";
import type { CommandModule } from "../command.ts";
import { painter, plain, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

const colours = { ok: "green", wrong: "red", mended: "green", kept: "yellow" } as const;

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--codex <path>", "the Codex to examine (default: the bundled one)")
    .option("--fix", "take away what dead runs left and nobody needs")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { codex, fix, json } = command.opts<{ codex?: string; fix?: boolean; json?: boolean }>();
    const { examine } = await import("../../doctor.ts");
    const found = await examine({
      stateDirectory: stateDirectoryOf(options),
      fix: fix === true,
      ...(codex === undefined ? {} : { codexPath: codex }),
    });
    if (json === true) printJson(found);
    else {
      const paint = painter(options);
      for (const { name, outcome, found: what, path, remedy } of found) {
        const label = paint(colours[outcome], outcome.padEnd(6));
        const where = path === null ? "" : `: ${path}`;
        printLine(`${label} ${name.padEnd(16)}  ${plain(what + where)}`);
        if (remedy !== null) printLine(`                 → ${plain(remedy)}`);
      }
    }
    return found.every(({ ok }) => ok) ? exitCodes.passed : exitCodes.environment;
  });
};
