import type { CommandModule } from "../command.ts";
import { conclude } from "../conclude-run.ts";
import { interruptSignal } from "../interrupt.ts";
import { goOnWithoutReader } from "../lost-output.ts";
import { printLine } from "../print.ts";
import { showProgress } from "../progress.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command.option("--codex <path>", "the Codex to use (default: the bundled one)");
  run(async (options) => {
    const { codex } = command.opts<{ codex?: string }>();
    const { runDemo } = await import("../../index.ts");
    const { signal, dispose } = interruptSignal();
    goOnWithoutReader();
    printLine(
      "A small repository with failing tests, a real Codex, real gates; only the model is a script. No network.\n",
    );
    const progress = showProgress(options);
    try {
      const result = await runDemo({
        stateDirectory: stateDirectoryOf(options),
        signal,
        onEvent: (envelope) => progress.event(envelope),
        onActivity: (attempt, activity) => progress.activity(attempt, activity),
        onNotice: (notice) => progress.notice(notice),
        ...(codex === undefined ? {} : { codexPath: codex }),
      });
      progress.stop();
      // A run that was stopped has of course not asked for the rest.
      const problems = signal.aborted ? [] : result.report.problems;
      for (const problem of problems) progress.notice(`the demo's script: ${problem}`);
      const exitCode = conclude(result, options, false);
      printLine("  next    in a repository of yours: portcullis init, commit, portcullis run 'GOAL'");
      return exitCode;
    } finally {
      progress.stop();
      dispose();
    }
  });
};
