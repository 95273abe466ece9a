import type { CommandModule } from "../command.ts";
import { plain, printJson, printLine } from "../print.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--repo <dir>", "the repository", ".")
    .option("--force", "write over an existing portcullis.yaml")
    .option("--json", "one JSON document");
  run(async () => {
    const { repo, force, json } = command.opts<{ repo: string; force?: boolean; json?: boolean }>();
    const { initRepository } = await import("../../init-repository.ts");
    const made = await initRepository({ directory: repo, force: force === true });
    if (json === true) printJson(made);
    else
      printLine(
        `${plain(made.text)}\nwrote ${made.path}\nnext: look it over, commit it, then portcullis run "GOAL"`,
      );
    return 0;
  });
};
