import { lookAtRun, type GateView, type Look } from "../../look.ts";
import type { CommandModule } from "../command.ts";
import {
  duration,
  firstLine,
  painter,
  paintOutcome,
  plain,
  plainName,
  printJson,
  printLine,
  type Paint,
} from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

type Row = GateView & { stage: string; task: string; attempt: number };

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--output", "with the whole output of commands, and records of reviewers, that were not passed")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { json, output } = command.opts<{ json?: boolean; output?: boolean }>();
    const look = await lookAtRun(stateDirectoryOf(options), command.args[0] ?? "");
    try {
      const rows = rowsOf(look);
      if (json === true) printJson(rows);
      else for (const row of rows) await print(row, look, painter(options), output === true);
      return 0;
    } finally {
      await look.close();
    }
  });
};

function rowsOf({ view }: Look): Row[] {
  return view.stages.flatMap(({ name: stage, tasks }) =>
    tasks.flatMap(({ id: task, attempts }) =>
      attempts.flatMap(({ number: attempt, gates }) =>
        gates.map((gate) => ({ stage, task, attempt, ...gate })),
      ),
    ),
  );
}

async function print(row: Row, look: Look, paint: Paint, output: boolean): Promise<void> {
  const where = `${row.stage}/${row.task}#${row.attempt}`;
  const exit = row.exitCode === null ? "" : `, exit code ${row.exitCode}`;
  const tree = row.tree === null ? "" : `, tree ${row.tree.slice(0, 12)}`;
  printLine(
    `${where}  ${row.name}  ${paintOutcome(paint, row.verdict)}  ${duration(row.durationMs)}${exit}${tree}`,
  );
  for (const line of evidenceOf(row)) printLine(`    ${line}`);
  for (const { message, path } of row.findings) {
    printLine(`    ${path === null ? "" : `${plainName(path)}: `}${firstLine(message, 300)}`);
  }
  if (!output || row.verdict === "passed" || row.evidence === null) return;
  printLine(plain((await look.evidence(row.evidence)) ?? "(the evidence is gone)"));
}

/** What the verdict rests on; nothing for a gate that runs no command and asks no agent. */
function evidenceOf({ tests, runs, network, usage, turns, threadId, evidence }: Row): string[] {
  const counted =
    tests === null ? [] : [`${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`];
  const reached = network === "full" ? ["with network"] : [];
  const reviewed = usage === null ? [] : [reviewText({ usage, turns, threadId, evidence })];
  const several = runs.length < 2 ? [] : [`runs: ${runs.map(runText).join(", ")}`];
  return [...counted, ...reached, ...several, ...reviewed];
}

/** The record of what the reviewer was asked and said is an artifact. */
function reviewText(
  review: Pick<Row, "turns" | "threadId" | "evidence"> & { usage: NonNullable<Row["usage"]> },
) {
  const { usage, turns, threadId, evidence } = review;
  const record = evidence === null ? "" : `, record ${evidence.slice(0, 12)}`;
  const tokens = usage.inputTokens + usage.outputTokens;
  return `reviewer: ${turns} turn${turns === 1 ? "" : "s"}, ${tokens} tokens, thread ${plainName(threadId ?? "none")}${record}`;
}

function runText({ on, verdict, durationMs }: Row["runs"][number]): string {
  return `${verdict}${on === "base" ? " on the base" : ""} (${duration(durationMs)})`;
}
