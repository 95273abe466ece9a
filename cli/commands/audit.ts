import { exitCodes, PortcullisError } from "../../exit-codes.ts";
import { auditStore, type AuditedRun, type BadRow } from "../../store.ts";
import type { CommandModule } from "../command.ts";
import { counted, painter, plainName, printJson, printLine, type Paint } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("[run]", "an id, a unique prefix of one, or 'latest' (default: all runs)")
    .option("--head <hash>", "a head hash that was kept elsewhere: the run must still hold it")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { head, json } = command.opts<{ head?: string; json?: boolean }>();
    const [reference] = command.args;
    if (head !== undefined) assertHead(head, reference);
    const report = await auditStore({
      stateDirectory: stateDirectoryOf(options),
      ...(reference === undefined ? {} : { run: reference }),
      ...(head === undefined ? {} : { head: head.toLowerCase() }),
    });
    if (json === true) printJson(report);
    else {
      const paint = painter(options);
      for (const audited of report.runs) print(audited, paint);
      if (report.file !== null)
        printLine(`${paint("red", "broken")}  the file itself: ${plainName(report.file)}`);
      printLine(summary(report.runs, report.sound));
    }
    return report.sound ? exitCodes.passed : exitCodes.refused;
  });
};

function print({ runId, events, erased, erasedAt, headHash, bad }: AuditedRun, paint: Paint): void {
  const word = bad === null ? paint("green", "sound ") : paint("red", "broken");
  const gone = erasedAt === null ? "" : `, erased ${erasedAt.slice(0, 10)}`;
  const payloads = erased === 0 ? "" : `, ${erased} without payload`;
  printLine(`${plainName(runId)}  ${word}  ${counted(events, "event")}${payloads}${gone}  head ${headHash}`);
  if (bad === null) return;
  printLine(`    ${placeOf(bad)}`);
  printLine(`    expected ${plainName(bad.expected)}`);
  printLine(`    found    ${plainName(bad.found)}`);
}

function placeOf({ table, sequence, eventId, runId }: BadRow): string {
  if (table === "runs") return `the line of ${plainName(runId)} in the list of runs`;
  if (table === "artifacts") return "an artifact";
  if (table === "wire_events") return `wire event ${sequence}`;
  if (sequence === null) return "the log";
  return `event ${sequence} (${eventId === null ? "missing" : plainName(eventId)})`;
}

function summary(runs: readonly AuditedRun[], sound: boolean): string {
  const broken = runs.filter(({ bad }) => bad !== null).length;
  const count = counted(runs.length, "run");
  if (sound) return `${count} sound`;
  return broken === 0 ? `${count} sound, the file is not` : `${broken} of ${count} broken`;
}

function assertHead(head: string, run: string | undefined): void {
  if (run !== undefined && /^[0-9a-f]{64}$/i.test(head)) return;
  throw new PortcullisError({
    code: "cli.usage",
    kind: "usage",
    message: "expected a run and 64 hex digits with --head",
    remedy: "see headHash in portcullis audit RUN --json",
  });
}
