import type { RecordedPipeline } from "../../load-pipeline.ts";
import type { CommandModule } from "../command.ts";
import { plain, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<file>", "a path, or the name of a built-in pipeline or of one in portcullis.yaml")
    .option("--repo <dir>", "the repository whose portcullis.yaml knows the name", ".")
    .option("--base <rev>", "the commit at which a name is looked up (default: HEAD)")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { json, repo, base } = command.opts<{ json?: boolean; repo: string; base?: string }>();
    const { describeGate, gatesOf, loadPipelineOf } = await import("../../load-pipeline.ts");
    const { pipeline, dispose } = await loadPipelineOf(command.args[0] ?? "", {
      directory: repo,
      stateDirectory: stateDirectoryOf(options),
      ...(base === undefined ? {} : { revision: base }),
    });
    await dispose();
    if (json === true) {
      printJson({ schemaVersion: 1, pipeline });
      return 0;
    }
    printLine(`pipeline ${pipeline.name}: ${count(pipeline.stages.length, "stage")}, no objection`);
    for (const stage of pipeline.stages) {
      const gates = gatesOf(stage).map((gate) => plain(describeGate(gate)));
      const told = "none" in stage.gates ? `no gates: ${plain(stage.gates.none)}` : gates.join(", ");
      printLine(
        `  ${stage.name.padEnd(12)} ${stage.kind}${stage.role === null ? "" : ` by ${stage.role}`}: ${told}`,
      );
    }
    printLimits(pipeline);
    return 0;
  });
};

function printLimits({ limits, source }: RecordedPipeline): void {
  const { attempts, reopenings, turns } = limits;
  printLine(
    `  limits       ${count(attempts, "attempt")}, ${count(reopenings, "reopening")}, ${count(turns, "turn")}`,
  );
  if (source === undefined) return;
  printLine(`  digest       ${source.digest.slice(0, 16)} over ${count(source.files.length, "file")}`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
