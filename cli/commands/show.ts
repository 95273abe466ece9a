import { viewRun, type RunView } from "../../look.ts";
import type { CommandModule } from "../command.ts";
import { firstLine, painter, paintOutcome, printJson, printLine, type Paint } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--json", "one JSON document");
  run(async (options) => {
    const view = await viewRun(stateDirectoryOf(options), command.args[0] ?? "");
    if (command.opts<{ json?: boolean }>().json === true) printJson(view);
    else if (view.run.erasedAt !== null) printErased(view, painter(options));
    else print(view, painter(options));
    return 0;
  });
};

function printErased({ run }: RunView, paint: Paint): void {
  printLine(`${paint("bold", run.id)}  ${paintOutcome(paint, run.status)}  ${run.pipeline}`);
  printLine(`  ${run.reason?.message ?? ""}\n  → ${run.reason?.remedy ?? ""}`);
  printLine(`  started     ${run.startedAt}\n  finished    ${run.finishedAt ?? "never"}`);
}

function print({ run, stages }: RunView, paint: Paint): void {
  printLine(`${paint("bold", run.id)}  ${paintOutcome(paint, run.status)}  ${firstLine(run.goal, 100)}`);
  if (run.reason !== null) printLine(`  ${firstLine(run.reason.message, 300)}\n  → ${run.reason.remedy}`);
  printLine(`  repository  ${run.repo} at ${run.baseCommit ?? "?"}`);
  if (run.branch !== "") {
    printLine(
      `  branch      ${run.status === "passed" ? run.branch : "none: only what passed is published"}`,
    );
  }
  printLine(`  codex       ${run.codex === null ? "none" : `${run.codex.version} (${run.codex.server})`}`);
  const { inputTokens, cachedInputTokens, outputTokens, costUsd } = run.usage;
  const cost = costUsd === null ? "unpriced" : `$${costUsd.toFixed(4)}`;
  printLine(`  tokens      ${inputTokens} in (${cachedInputTokens} cached), ${outputTokens} out, ${cost}`);
  for (const stage of stages) {
    printLine(`\n${stage.name} (${stage.role ?? "gates alone"})  ${paintOutcome(paint, stage.status)}`);
    for (const task of stage.tasks) {
      if (stage.kind === "fan-out")
        printLine(`  ${task.id}: ${firstLine(task.title)}  ${paintOutcome(paint, task.status)}`);
      for (const attempt of task.attempts) {
        const gates = attempt.gates
          .map(({ name, verdict }) => `${name} ${paintOutcome(paint, verdict)}`)
          .join(", ");
        printLine(`    attempt ${attempt.number}  ${paintOutcome(paint, attempt.status)}  ${gates}`);
      }
    }
  }
}
