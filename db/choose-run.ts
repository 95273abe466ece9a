import { PortcullisError } from "../core/errors.ts";
import type { RunSummary } from "../core/ports/run-catalog.ts";

const named = 5;

/** How many matches `chooseRun` has to be given at least, of more. */
export const matchesToChooseFrom = named + 1;

/** The run that a reference means, of those whose ids begin with it. Errors: `run.unknown`, `run.ambiguous` (usage). */
export function chooseRun(reference: string, matches: readonly RunSummary[]): RunSummary {
  const [only, second] = matches;
  const exact = matches.find(({ id }) => id === reference);
  if (exact !== undefined) return exact;
  if (only === undefined) throw unknownRun(`'${reference.slice(0, 80)}', with which no run's id begins`);
  if (second === undefined) return only;
  const ids = matches.slice(0, named).map(({ id }) => id);
  const more = matches.length > named ? " and more" : "";
  throw new PortcullisError({
    code: "run.ambiguous",
    kind: "usage",
    message: `expected a prefix of one run's id, found '${reference}', with which several begin: ${ids.join(", ")}${more}`,
    remedy: "give more of the id",
  });
}

export function latestRun(run: RunSummary | undefined): RunSummary {
  if (run === undefined) throw unknownRun("'latest' and no run at all");
  return run;
}

function unknownRun(found: string): PortcullisError {
  return new PortcullisError({
    code: "run.unknown",
    kind: "usage",
    message: `expected the id of a run, a unique prefix of one or 'latest', found ${found}`,
    remedy: "see the runs there are with portcullis runs",
  });
}
