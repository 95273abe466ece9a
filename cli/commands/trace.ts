import { lookAtRun } from "../../look.ts";
import { spansOf, timelineOf } from "../../trace.ts";
import type { CommandModule } from "../command.ts";
import { duration, painter, plain, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--json", "the spans, one JSON document");
  run(async (options) => {
    const look = await lookAtRun(stateDirectoryOf(options), command.args[0] ?? "");
    await look.close();
    const spans = spansOf(look.events);
    if (command.opts<{ json?: boolean }>().json === true) {
      printJson(spans);
      return 0;
    }
    const paint = painter(options);
    for (const { depth, name, startMs, durationMs, ok, note } of timelineOf(spans)) {
      const took = durationMs === null ? "…" : duration(durationMs);
      const line = `${"  ".repeat(depth)}${plain(name)}`.padEnd(46);
      const said = note === "" ? "" : `  ${ok ? note : paint("red", note)}`;
      printLine(`${duration(startMs).padStart(9)}  ${line} ${took.padStart(9)}${said}`);
    }
    return 0;
  });
};
