import { exitCodes } from "../exit-codes.ts";
import type { RunResult } from "../index.ts";
import type { GlobalOptions } from "./command.ts";
import { painter, paintOutcome, plain, printLine } from "./print.ts";

/** Prints how a run ended, unless JSON is wanted, and gives the exit code. */
export function conclude(result: RunResult, options: GlobalOptions, json: boolean): number {
  const where = options.stateDir === undefined ? "" : ` --state-dir ${options.stateDir}`;
  if (!json) printEnd(result, options, where);
  return exitCodeFor(result.state.status);
}

/** The exit code that a run's status means. */
function exitCodeFor(status: RunResult["state"]["status"]): number {
  switch (status) {
    case "passed":
      return exitCodes.passed;
    case "failed":
    case "cancelled":
      return exitCodes.refused;
    case "paused":
      return exitCodes.paused;
    case "interrupted":
      return exitCodes.interrupted;
    case "errored":
      return exitCodes.undecided;
    case "pending":
    case "running":
    case "skipped":
      return exitCodes.defect;
  }
}

/** How it ended, and what to do next. */
function printEnd({ state, keptWorkTrees }: RunResult, options: GlobalOptions, where: string): void {
  const paint = painter(options);
  const id = state.id.slice(0, 26);
  const { inputTokens, outputTokens } = state.usage;
  printLine();
  printLine(`${paintOutcome(paint, state.status)}  run ${id}, ${inputTokens} tokens in, ${outputTokens} out`);
  if (state.reason !== null) printLine(`  ${plain(state.reason.message)}\n  → ${plain(state.reason.remedy)}`);
  if (state.published && state.facts !== null) {
    const { repository, branch, baseCommit } = state.facts;
    printLine(`  branch  ${branch} in ${repository.path}`);
    printLine(`  see it  git -C ${repository.path} diff ${baseCommit.slice(0, 12)}..${branch}`);
  }
  for (const kept of keptWorkTrees)
    printLine(`  kept    work tree ${kept}: it holds work that no commit has`);
  printLine(
    `  report  portcullis show ${id}${where}; portcullis gates ${id}${where}; portcullis trace ${id}${where}`,
  );
}
