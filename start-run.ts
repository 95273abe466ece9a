import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { createCodexServer } from "./codex/agent-server.ts";
import { createCommandSandbox } from "./codex/command-sandbox.ts";
import { parseConfigValues, type CodexConfig } from "./codex/config-values.ts";
import { systemClock } from "./core/clock.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import type { EventEnvelope } from "./core/events/envelope.ts";
import { ulidIds } from "./core/ids.ts";
import { limits } from "./core/limits.ts";
import type { PipelineDefinition } from "./core/pipeline.ts";
import type { AgentServer, WorkerActivity } from "./core/ports/agent-server.ts";
import type { HumanDesk } from "./core/ports/human-desk.ts";
import { createRedactor, secretsOf } from "./core/redaction.ts";
import { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
import { openStore, type Store } from "./db/open-store.ts";
import { loadPipeline, type LoadedPipeline, type PipelineBase } from "./load-pipeline.ts";
import { absentDesk } from "./orchestrator/absent-desk.ts";
import { driveRun } from "./orchestrator/drive-run.ts";
import { createEnvironments } from "./orchestrator/environment/prepare.ts";
import { commandVariables } from "./orchestrator/environment/variables.ts";
import { readConfig } from "./orchestrator/read-config.ts";
import { refusingDesk } from "./orchestrator/refusing-desk.ts";
import { rulesLead } from "./orchestrator/rules-lead.ts";
import { createRunFolders } from "./orchestrator/run-folders.ts";
import { openRunLog } from "./orchestrator/run-log.ts";
import { secretPlaces } from "./orchestrator/secret-places.ts";
import type { RunFacts, RunState } from "./orchestrator/state.ts";
import type { Surroundings } from "./orchestrator/surroundings.ts";
import { tidyRun } from "./orchestrator/tidy-run.ts";
import { dirtyPaths } from "./orchestrator/workspace/dirty-paths.ts";
import { openGitPublisher } from "./orchestrator/workspace/git-publisher.ts";
import { openGitWorkspace } from "./orchestrator/workspace/git-workspace.ts";
import { requireFreeBranch } from "./orchestrator/workspace/free-branch.ts";
import { refuseUnsupported } from "./orchestrator/workspace/refuse-unsupported.ts";
import { openRepository, resolveCommit, type Repository } from "./orchestrator/workspace/repository.ts";
import { repositoryFiles } from "./orchestrator/workspace/repository-files.ts";
import { createSpanExport } from "./tracing/export-spans.ts";
import { definePipeline } from "./pipelines/define-pipeline.ts";
import { customGatesOf } from "./pipelines/gate-modules.ts";

export interface RunOptions {
  goal: string;
  /** Any folder of the repository. */
  repository: string;
  /** Default: `$XDG_STATE_HOME/portcullis`. */
  stateDirectory?: string;
  /**
   * A built-in pipeline's name, one of `pipelines:` in the base's `portcullis.yaml`, or a file's path; or a pipeline itself, which
   * is checked as by `definePipeline` and has no gates of kind `custom`. Default: `plan-execute-verify`.
   */
  pipeline?: string | PipelineDefinition;
  /** Default: HEAD. */
  base?: string;
  /** Default: `portcullis/<run>`. */
  branch?: string;
  /** Commands for this run alone, beside those of `portcullis.yaml`. */
  checks?: readonly string[];
  codexPath?: string;
  codexHome?: string;
  model?: string;
  /** `KEY=VALUE`, as `codex -c` takes them; `{worker}` becomes the worker's name. */
  codexConfig?: readonly string[];
  /** The same as a value; stronger. */
  codexSettings?: CodexConfig;
  environment?: Readonly<Record<string, string | undefined>>;
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
}

export interface RunResult {
  state: RunState;
  stateDirectory: string;
  /** Work trees that were kept because they hold work that no commit has. */
  keptWorkTrees: readonly string[];
}

/**
 * Runs a pipeline on a repository, to its end. What is wrong with the input or the machine rejects with a
 * `PortcullisError` before anything is made; after that the outcome is the state's status.
 */
export async function startRun(options: RunOptions): Promise<RunResult> {
  const environment = options.environment ?? process.env;
  const checked = await checkRun(options, environment);
  try {
    return await runChecked(checked, options, environment);
  } finally {
    await checked.loaded.dispose();
  }
}

async function runChecked(
  checked: CheckedRun,
  options: RunOptions,
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
    return await runIn(store, checked, { ...options, onEvent: observe }, environment);
  } finally {
    await store.close();
    const sent = await spans?.shutdown();
    if (sent !== undefined && sent.dropped > 0) {
      options.onNotice?.(
        `${sent.dropped} spans did not reach the collector; portcullis trace shows them all`,
      );
    }
  }
}

interface CheckedRun {
  runId: string;
  stateDirectory: string;
  repository: Repository;
  agentServer: AgentServer;
  loaded: LoadedPipeline;
  facts: RunFacts;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Everything that can be refused is refused here; nothing is made yet, but for a base's code that is read, which goes again. */
async function checkRun(options: RunOptions, environment: Variables): Promise<CheckedRun> {
  const goal = checkGoal(options.goal);
  const settings = { ...parseConfigValues(options.codexConfig ?? []), ...options.codexSettings };
  const repository = await openRepository(options.repository);
  const baseCommit = await resolveCommit(repository, options.base ?? "HEAD");
  await refuseUnsupported(repository, baseCommit);
  const runId = ulidIds().run();
  const branch = options.branch ?? `portcullis/${runId}`;
  await requireFreeBranch(repository, branch);
  const leftOut = [...(await dirtyPaths(repository))];
  const files = await repositoryFiles(repository, baseCommit);
  const config = await readConfig(files, options.checks ?? [], leftOut.includes("portcullis.yaml"));
  const wanted = options.stateDirectory ?? defaultStateDirectory(environment);
  const stateDirectory = resolve(wanted);
  assertStateDirectory({ directory: stateDirectory, repositoryRoot: repository.root });
  const agentServer = createCodexServer({
    environment,
    config: settings,
    ...(options.codexPath === undefined ? {} : { path: options.codexPath }),
    ...(options.codexHome === undefined ? {} : { codexHome: options.codexHome }),
    ...(options.model === undefined ? {} : { model: options.model }),
  });
  const loaded = await pipelineOf(options.pipeline, { repository, commit: baseCommit, stateDirectory });
  const { pipeline } = loaded;
  const codex = await agentServer.describe().catch(async (error: unknown) => {
    await loaded.dispose();
    throw error;
  });
  const about = { repository: { id: repository.id, path: repository.root }, baseCommit, branch, leftOut };
  const model = options.model ?? (typeof settings["model"] === "string" ? settings["model"] : null);
  const facts = { goal, ...about, pipeline, config, codex: { ...codex }, model, lead: rulesLead.name };
  return { runId, stateDirectory, repository, agentServer, loaded, facts };
}

async function pipelineOf(
  named: RunOptions["pipeline"] = "plan-execute-verify",
  base: PipelineBase,
): Promise<LoadedPipeline> {
  if (typeof named === "string") return loadPipeline(named, () => Promise.resolve(base));
  const pipeline = definePipeline(named);
  if (customGatesOf(pipeline).length === 0) {
    return { pipeline, gateModules: null, dispose: () => Promise.resolve() };
  }
  throw new PortcullisError({
    code: "pipeline.without-file",
    kind: "usage",
    message: `pipeline '${pipeline.name}' has a gate of kind 'custom', whose module is named from the pipeline's file, and it has none`,
    remedy: "put the pipeline into a file and give its path",
  });
}

function checkGoal(goal: string): string {
  const trimmed = goal.trim();
  const bytes = Buffer.byteLength(trimmed);
  if (trimmed !== "" && bytes <= limits.goalBytes) return trimmed;
  throw new PortcullisError({
    code: trimmed === "" ? "goal.empty" : "goal.too-long",
    kind: "usage",
    message: `expected a goal of 1 to ${limits.goalBytes} bytes, found ${bytes}`,
    remedy: "say in a few sentences what is to be reached, e.g. portcullis run 'Make the tests pass'",
  });
}

async function runIn(
  store: Store,
  checked: CheckedRun,
  options: RunOptions,
  environment: Variables,
): Promise<RunResult> {
  const { runId, repository, facts } = checked;
  // Sandboxes know real paths only.
  const stateDirectory = await realpath(checked.stateDirectory);
  const sandbox = createCommandSandbox({ folder: join(stateDirectory, "sandbox") });
  await sandbox.verify();
  const request = { repository, stateDirectory };
  const workspace = await openGitWorkspace(request);
  await workspace.fetch(facts.baseCommit);
  const home = environment["HOME"] ?? homedir();
  const codexHome = resolve(options.codexHome ?? environment["CODEX_HOME"] ?? join(home, ".codex"));
  // What lies in the state folder is denied with it; a denied path within a denied one cannot be mounted.
  const denied = secretPlaces(home, codexHome).filter((path) => !path.startsWith(`${stateDirectory}${sep}`));
  const environments = createEnvironments({
    directory: join(stateDirectory, "environments"),
    workspace,
    sandbox,
    variables: environment,
    denied: denied.filter((path) => !path.endsWith(".npmrc")),
  });
  const folders = createRunFolders(stateDirectory, runId);
  const log = await openRunLog({
    runId,
    events: store.events,
    observe: (envelope) => options.onEvent?.(envelope),
  });
  const world: Surroundings = {
    log,
    workspace,
    publisher: await openGitPublisher(request),
    environments,
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
    signal: options.signal ?? new AbortController().signal,
  };
  await log.append([{ event: { type: "run.started", payload: facts } }]);
  try {
    const state = await driveRun(world);
    return { state, stateDirectory, keptWorkTrees: await tidyRun(world, state) };
  } finally {
    await endWorkers(world);
    await folders.removeAll();
  }
}

/** Also where driving the run threw: nothing that was started stays. */
async function endWorkers({ workers }: Surroundings): Promise<void> {
  await Promise.all([...workers.values()].map(({ worker }) => worker.end()));
}
