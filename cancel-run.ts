import { setTimeout as delay } from "node:timers/promises";
import { lookForProcess } from "./codex/process-identity.ts";
import { PortcullisError } from "./core/errors.ts";
import { createRedactor } from "./core/redaction.ts";
import type { Status } from "./core/status.ts";
import { openStore, type Store } from "./db/open-store.ts";
import { runLease } from "./hold-run.ts";
import { hostRun, type HostOptions, type Variables } from "./host-run.ts";
import { fold } from "./orchestrator/evolve.ts";
import { cancelled } from "./orchestrator/watch-cancellation.ts";
import { checkResumption, readPast, type PastRun } from "./resume-run.ts";

const pollMs = 100;
/** Ending a worker takes 5 s at most, what else is in flight a little more. */
const defaultTimeoutMs = 60_000;

export interface CancelOptions extends Pick<HostOptions, "onEvent" | "onNotice"> {
  /** An id, a unique prefix of one, or `latest`. */
  run: string;
  stateDirectory?: string;
  /** Who wants it, for the log. Default: the user of this process. */
  by?: string;
  /** How long the process that drives the run may take. Default: a minute. */
  timeoutMs?: number;
  environment?: Variables;
}

/** `after`: how the run stood when it ended; it may have been faster than the request. */
export interface Cancelled {
  runId: string;
  after: Status;
}

/**
 * Ends a run in order, whoever drives it: a process that does is asked to, and waited for; where there is none, it is ended here.
 * Errors: `run.over` (usage), `cancel.unanswered` (undecided), `run.unknown`, `run.ambiguous`.
 */
export async function cancelRun(options: CancelOptions): Promise<Cancelled> {
  const environment = options.environment ?? process.env;
  const past = await readPast(options, environment);
  refuseOver(past);
  const by = options.by ?? environment["USER"] ?? `process ${process.pid}`;
  const runId = past.state.id;
  const store = await openStore({ stateDirectory: past.stateDirectory, redactor: createRedactor([]) });
  try {
    await store.cancellations.request(runId, by);
    const after = await waitForDriver(store, past, options);
    if (after !== null) return { runId, after };
  } finally {
    await store.close();
  }
  const signal = AbortSignal.abort(cancelled(by));
  const now = await readPast(options, environment);
  const checked = await checkResumption(now, options, environment, "rests");
  const { state } = await hostRun(checked, { ...options, signal }, environment);
  return { runId, after: state.status };
}

/** How the run stands after whoever drives it has ended it; null where nobody drives it. */
async function waitForDriver(
  store: Pick<Store, "lease" | "events">,
  { state: { id } }: PastRun,
  { timeoutMs = defaultTimeoutMs }: CancelOptions,
): Promise<Status | null> {
  const started = performance.now();
  for (; ; await delay(pollMs)) {
    const found = await store.lease.find(runLease(id));
    const driven = found !== null && lookForProcess(found.holder) !== "gone" && found.expiresAt > Date.now();
    if (!driven) {
      const { finishedAt, status } = fold(id, await store.events.read(id));
      return finishedAt !== null && isOver(status) ? status : null;
    }
    if (performance.now() - started > timeoutMs) throw unanswered(id, timeoutMs);
  }
}

function unanswered(runId: string, timeoutMs: number): PortcullisError {
  return new PortcullisError({
    code: "cancel.unanswered",
    kind: "undecided",
    message: `the process that drives run ${runId} did not end it within ${timeoutMs} ms`,
    remedy: "see portcullis doctor; what the process holds is free again once it has ended",
  });
}

function isOver(status: Status): boolean {
  return ["passed", "failed", "cancelled"].includes(status);
}

function refuseOver({ state: { id, status } }: PastRun): void {
  if (!isOver(status)) return;
  throw new PortcullisError({
    code: "run.over",
    kind: "usage",
    message: `run ${id} is over already: ${status}`,
    remedy: `see it: portcullis show ${id}`,
  });
}
