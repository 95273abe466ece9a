import type { CommandModule } from "../command.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<file>", "a path, or the name of a built-in pipeline or of one in portcullis.yaml")
    .option("--repo <dir>", "the repository whose portcullis.yaml knows the name", ".")
    .option("--base <rev>", "the commit at which a name is looked up (default: HEAD)");
  run(async (options) => {
    const { repo, base } = command.opts<{ repo: string; base?: string }>();
    const { loadPipelineOf, renderGraph } = await import("../../load-pipeline.ts");
    const { pipeline, dispose } = await loadPipelineOf(command.args[0] ?? "", {
      directory: repo,
      stateDirectory: stateDirectoryOf(options),
      ...(base === undefined ? {} : { revision: base }),
    });
    await dispose();
    process.stdout.write(renderGraph(pipeline));
    return 0;
  });
};
