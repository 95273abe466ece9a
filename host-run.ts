import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { createCommandSandbox } from "./codex/command-sandbox.ts";
import { systemClock } from "./core/clock.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import type { EventEnvelope } from "./core/events/envelope.ts";
import type { RunEventOf } from "./core/events/run-events.ts";
import type { AgentServer, WorkerActivity } from "./core/ports/agent-server.ts";
import type { HumanDesk } from "./core/ports/human-desk.ts";
import type { Fence } from "./core/ports/lease.ts";
import { createRedactor, secretsOf } from "./core/redaction.ts";
import { openStore, type Store } from "./db/open-store.ts";
import { holdRun } from "./hold-run.ts";
import { keepRetention } from "./erase-runs.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { takeOver } from "./take-over.ts";
import { absentDesk } from "./orchestrator/absent-desk.ts";
import { driveRun } from "./orchestrator/drive-run.ts";
import { createEnvironments } from "./orchestrator/environment/prepare.ts";
import { commandVariables } from "./orchestrator/environment/variables.ts";
import { createGateCheckouts } from "./orchestrator/gate-checkouts.ts";
import { refusingDesk } from "./orchestrator/refusing-desk.ts";
import { rulesLead } from "./orchestrator/rules-lead.ts";
import { createRunFolders } from "./orchestrator/run-folders.ts";
import { openRunLog, type RunLog } from "./orchestrator/run-log.ts";
import { secretPlaces } from "./orchestrator/secret-places.ts";
import type { RunFacts, RunState } from "./orchestrator/state.ts";
import type { Surroundings } from "./orchestrator/surroundings.ts";
import { tidyRun } from "./orchestrator/tidy-run.ts";
import { openGitPublisher } from "./orchestrator/workspace/git-publisher.ts";
import { openGitWorkspace } from "./orchestrator/workspace/git-workspace.ts";
import type { Repository } from "./orchestrator/workspace/repository.ts";
import { createSpanExport, type SpanExport } from "./tracing/export-spans.ts";

export interface RunResult {
  state: RunState;
  stateDirectory: string;
  /** The folders of work trees that were kept because they hold work that no commit has. */
  keptWorkTrees: readonly string[];
}

/** What a run is told while it goes on, whoever started it. */
export interface HostOptions {
  codexHome?: string;
  /** Ends the run in order, as `interrupted`. */
  signal?: AbortSignal;
  /** Who is asked by gates of kind `human`. Default: nobody, so that they have errored. */
  human?: HumanDesk;
  /** Each event of the log, once it is durable. */
  onEvent?: (envelope: EventEnvelope) => void;
  /** What workers do meanwhile; for progress only. */
  onActivity?: (attemptId: string, activity: WorkerActivity) => void;
  /** What somebody should know and nothing depends on. */
  onNotice?: (text: string) => void;
  /** Each point at which a run could be killed, e.g. `commit:done`; for those who kill it there. */
  onPoint?: (point: string) => void;
}

/** A run whose input is sound: nothing of it is made yet, but for a base's code that was read, which goes with `loaded`. */
export interface CheckedRun {
  runId: string;
  stateDirectory: string;
  repository: Repository;
  agentServer: AgentServer;
  loaded: LoadedPipeline;
  facts: RunFacts;
  /** Null: the run begins. Else it goes on, from this sequence, with that said. */
  resumption: { sequence: number; payload: RunEventOf<"run.resumed">["payload"] } | null;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Gives a run its store, its adapters and its trace, and takes it to its end; nothing of it runs when this resolves. */
export async function hostRun(
  checked: CheckedRun,
  options: HostOptions,
  environment: Variables,
): Promise<RunResult> {
  try {
    return await runStored(checked, options, environment);
  } finally {
    await checked.loaded.dispose();
  }
}

async function runStored(
  checked: CheckedRun,
  options: HostOptions,
  environment: Variables,
): Promise<RunResult> {
  const store = await openStore({
    stateDirectory: checked.stateDirectory,
    redactor: createRedactor(secretsOf(environment)),
    onWireError: (error) => options.onNotice?.(`wire events could not be stored: ${messageOf(error)}`),
  });
  const spans = await createSpanExport(environment);
  const observe = (envelope: EventEnvelope): void => {
    spans?.observe(envelope);
    options.onEvent?.(envelope);
  };
  try {
    return await holdRun(store, checked, { signal: options.signal }, (held) =>
      runAlone({ store, spans, ...held }, checked, { ...options, ...held, onEvent: observe }, environment),
    );
  } finally {
    await store.close();
    await keepRetention(checked.stateDirectory, (text) => options.onNotice?.(text));
    const sent = await spans?.shutdown();
    if (sent !== undefined && sent.dropped > 0) {
      options.onNotice?.(
        `${sent.dropped} spans did not reach the collector; portcullis trace shows them all`,
      );
    }
  }
}

interface Held {
  store: Store;
  spans: SpanExport | null;
  fence: Fence;
}

/** What dead processes left of it is taken away first. */
async function runAlone(
  held: Held,
  checked: CheckedRun,
  options: HostOptions,
  environment: Variables,
): Promise<RunResult> {
  const { stateDirectory, runId, repository } = checked;
  const { onNotice } = options;
  const letGo = await takeOver({ stateDirectory, runId, repositoryId: repository.id, onNotice });
  try {
    return await runIn(held, checked, options, environment);
  } finally {
    letGo();
  }
}

async function runIn(
  { store, spans, fence }: Held,
  checked: CheckedRun,
  options: HostOptions,
  environment: Variables,
): Promise<RunResult> {
  const { runId, repository, facts } = checked;
  // Sandboxes know real paths only.
  const stateDirectory = await realpath(checked.stateDirectory);
  const folders = createRunFolders(stateDirectory, runId);
  // In a folder of the run: what a kill leaves of it goes when the run goes on.
  const places = { folder: join(stateDirectory, "sandbox"), probeFolder: folders.root };
  const sandbox = createCommandSandbox({ ...places, environment });
  try {
    await sandbox.verify();
  } finally {
    await folders.removeAll();
  }
  const request = { repository, stateDirectory };
  const workspace = await openGitWorkspace(request);
  await workspace.fetch(facts.baseCommit);
  if (facts.candidate !== undefined) await workspace.fetch(facts.candidate);
  const home = environment["HOME"] ?? homedir();
  const codexHome = resolve(options.codexHome ?? environment["CODEX_HOME"] ?? join(home, ".codex"));
  // What lies in the state folder is denied with it; a denied path within a denied one cannot be mounted.
  const denied = secretPlaces(home, codexHome).filter((path) => !path.startsWith(`${stateDirectory}${sep}`));
  const environments = createEnvironments({
    stateDirectory,
    workspace,
    sandbox,
    variables: environment,
    denied: denied.filter((path) => !path.endsWith(".npmrc")),
  });
  const log = await openRunLog({
    runId,
    events: store.events,
    fence,
    observe: (envelope) => options.onEvent?.(envelope),
  });
  spans?.remember(log.past);
  const world: Surroundings = {
    log,
    workspace,
    publisher: await openGitPublisher(request),
    environments,
    checkouts: createGateCheckouts({ runId, workspace, environments }),
    agentServer: checked.agentServer,
    sandbox,
    artifacts: store.artifacts,
    wire: store.wire,
    approvals: refusingDesk,
    human: options.human ?? absentDesk,
    gateModules: checked.loaded.gateModules,
    lead: rulesLead,
    clock: systemClock,
    folders,
    commandEnvironment: (checkout) => commandVariables(environment, checkout),
    denied,
    workers: new Map(),
    activity: (attempt, activity) => options.onActivity?.(attempt, activity),
    reach: (point) => options.onPoint?.(point),
    signal: options.signal ?? new AbortController().signal,
  };
  await begin(log, checked);
  try {
    const state = await driveRun(world);
    return { state, stateDirectory, keptWorkTrees: await tidyRun(world, state) };
  } finally {
    await Promise.all([endWorkers(world), world.checkouts.close()]);
    await folders.removeAll();
  }
}

async function begin(log: RunLog, { runId, facts, resumption }: CheckedRun): Promise<void> {
  if (resumption === null) return log.append([{ event: { type: "run.started", payload: facts } }]);
  if (log.state.sequence !== resumption.sequence) throw wentOn(runId);
  await log.append([{ event: { type: "run.resumed", payload: resumption.payload } }]);
}

function wentOn(runId: string): PortcullisError {
  return new PortcullisError({
    code: "run.went-on",
    kind: "undecided",
    message: `run ${runId} went on while it was looked at`,
    remedy: `see how it stands: portcullis show ${runId}`,
    retryable: true,
  });
}

/** Also where driving the run threw: nothing that was started stays. */
async function endWorkers({ workers }: Surroundings): Promise<void> {
  await Promise.all([...workers.values()].map(({ worker }) => worker.end()));
}
