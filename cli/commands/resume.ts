import type { ResumeOptions } from "../../index.ts";
import type { CommandModule } from "../command.ts";
import { conclude } from "../conclude-run.ts";
import { isAttended, terminalDesk } from "../human-desk.ts";
import { interruptSignal } from "../interrupt.ts";
import { jsonProgress } from "../json-progress.ts";
import { goOnWithoutReader } from "../lost-output.ts";
import { repeatable } from "../repeatable.ts";
import { showProgress } from "../progress.ts";
import { stateDirectoryOf } from "../state-directory.ts";

interface ResumeFlags {
  acceptChanges?: boolean;
  codex?: string;
  model?: string;
  codexConfig?: string[];
  json?: boolean;
}

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--accept-changes", "go on although the pipeline, a prompt or the base has changed")
    .option("--codex <path>", "the Codex to use from here on (default: the bundled one)")
    .option("--model <name>", "the model from here on (default: the run's)")
    .option("--codex-config <key=value>", "settings of Codex in place of the run's; repeatable", repeatable)
    .option("--json", "the run's events from here on, one JSON object a line");
  run(async (options) => {
    const flags = command.opts<ResumeFlags>();
    const json = flags.json === true;
    const { resumeRun } = await import("../../index.ts");
    const { signal, dispose } = interruptSignal();
    goOnWithoutReader();
    const progress = json ? jsonProgress() : showProgress(options);
    try {
      const result = await resumeRun({
        ...resumeOptions(command.args[0] ?? "", flags),
        stateDirectory: stateDirectoryOf(options),
        signal,
        onEvent: (envelope) => progress.event(envelope),
        onActivity: (attempt, activity) => progress.activity(attempt, activity),
        onNotice: (notice) => progress.notice(notice),
        ...(isAttended(json) ? { human: terminalDesk(() => progress.hold()) } : {}),
      });
      progress.stop();
      return conclude(result, options, json);
    } finally {
      progress.stop();
      dispose();
    }
  });
};

function resumeOptions(run: string, flags: ResumeFlags): ResumeOptions {
  const { acceptChanges, codex, model, codexConfig } = flags;
  return {
    run,
    acceptChanges: acceptChanges === true,
    ...(codex === undefined ? {} : { codexPath: codex }),
    ...(model === undefined ? {} : { model }),
    ...(codexConfig === undefined ? {} : { codexConfig }),
  };
}
