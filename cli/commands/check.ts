import type { CommandModule } from "../command.ts";
import { conclude } from "../conclude-run.ts";
import { isAttended, terminalDesk } from "../human-desk.ts";
import { interruptSignal } from "../interrupt.ts";
import { jsonProgress } from "../json-progress.ts";
import { goOnWithoutReader } from "../lost-output.ts";
import { printLine } from "../print.ts";
import { repeatable } from "../repeatable.ts";
import { showProgress } from "../progress.ts";
import { stateDirectoryOf } from "../state-directory.ts";

interface CheckFlags {
  repo: string;
  commit?: string;
  base?: string;
  pipeline?: string;
  check: string[];
  json?: boolean;
}

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--repo <dir>", "the repository", ".")
    .option("--commit <rev>", "the commit to judge (default: HEAD)")
    .option(
      "--base <rev>",
      "what it is measured against, and whose configuration counts (default: its parent)",
    )
    .option("--pipeline <name|file>", "whose gates judge (default: plan-execute-verify)")
    .option("--check <command>", "a command that must pass, this time; repeatable", repeatable, [])
    .option("--json", "the events, one JSON object a line");
  run(async (options) => {
    const { repo, check, json, ...rest } = command.opts<CheckFlags>();
    const { commit, base, pipeline } = rest;
    const { checkCommit } = await import("../../index.ts");
    const { signal, dispose } = interruptSignal();
    goOnWithoutReader();
    const progress = json === true ? jsonProgress() : showProgress(options);
    try {
      const result = await checkCommit({
        repository: repo,
        checks: check,
        stateDirectory: stateDirectoryOf(options),
        signal,
        onEvent: (envelope) => progress.event(envelope),
        onNotice: (notice) => progress.notice(notice),
        ...(isAttended(json === true) ? { human: terminalDesk(() => progress.hold()) } : {}),
        ...(commit === undefined ? {} : { commit }),
        ...(base === undefined ? {} : { base }),
        ...(pipeline === undefined ? {} : { pipeline }),
      });
      progress.stop();
      const exitCode = conclude(result, options, json === true);
      if (json !== true && result.leftOut.length > 0) {
        printLine(`  not judged without an agent: ${result.leftOut.join(", ")}`);
      }
      return exitCode;
    } finally {
      progress.stop();
      dispose();
    }
  });
};
