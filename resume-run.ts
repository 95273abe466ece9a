import { resolve } from "node:path";
import { createCodexServer } from "./codex/agent-server.ts";
import { parseConfigValues, type CodexConfig } from "./codex/config-values.ts";
import { noAgents } from "./check-commit.ts";
import { PortcullisError } from "./core/errors.ts";
import type { RunEventOf } from "./core/events/run-events.ts";
import type { AgentServer } from "./core/ports/agent-server.ts";
import { replacement } from "./core/redaction.ts";
import { defaultStateDirectory } from "./core/state-directory.ts";
import { openStoreReadOnly } from "./db/open-store.ts";
import { hostRun, type CheckedRun, type HostOptions, type RunResult, type Variables } from "./host-run.ts";
import { loadGivenPipeline, type LoadedPipeline } from "./load-pipeline.ts";
import { fold } from "./orchestrator/evolve.ts";
import type { RunFacts, RunState } from "./orchestrator/state.ts";
import { cannotTakeOver, promptsOf, whatChanged, type Grounds } from "./orchestrator/what-changed.ts";
import { commitAt, openRepository, type Repository } from "./orchestrator/workspace/repository.ts";
import { checkPipeline } from "./pipelines/check-pipeline.ts";

export interface ResumeOptions extends HostOptions {
  /** An id, a unique prefix of one, or `latest`. */
  run: string;
  /** Default: `$XDG_STATE_HOME/portcullis`. */
  stateDirectory?: string;
  /** Goes on although the pipeline, a prompt or the base has changed since the run began. */
  acceptChanges?: boolean;
  /** Default: as the run had them, where it had any. */
  codexPath?: string;
  model?: string;
  codexConfig?: readonly string[];
  codexSettings?: CodexConfig;
  environment?: Variables;
}

type Resumption = RunEventOf<"run.resumed">["payload"];

/**
 * Goes on with a run that was killed, interrupted, paused, or could not be decided: from its log, with what it has done. What had changed since is refused,
 * unless it is accepted. Errors: `run.unknown`, `run.ambiguous`, `run.over`, `run.changed` (usage); `lease.held` where it is driven by somebody.
 */
export async function resumeRun(options: ResumeOptions): Promise<RunResult> {
  const environment = options.environment ?? process.env;
  const past = await readPast(options, environment);
  refuseOver(past.state);
  const checked = await checkResumption(past, options, environment);
  return hostRun(checked, options, environment);
}

/** A run as its log has it. */
export interface PastRun {
  stateDirectory: string;
  state: RunState;
  facts: RunFacts;
}

export async function readPast(
  { run, stateDirectory: given }: Pick<ResumeOptions, "run" | "stateDirectory">,
  environment: Variables,
): Promise<PastRun> {
  const stateDirectory = resolve(given ?? defaultStateDirectory(environment));
  const store = await openStoreReadOnly({ stateDirectory });
  try {
    const { id, erasedAt } = await store.catalog.resolve(run);
    if (erasedAt !== null)
      throw usage("run.erased", `run ${id} was erased at ${erasedAt}`, "start a new run");
    const state = fold(id, await store.events.read(id));
    if (state.facts !== null) return { stateDirectory, state, facts: state.facts };
    throw new PortcullisError({
      code: "run.unreadable",
      kind: "environment",
      message: `expected the start of run ${id} in its log, found none`,
      remedy: "start a new run",
    });
  } finally {
    await store.close();
  }
}

/** The run as its log wants it to go on; `end` is for one that only comes to rest. */
export async function checkResumption(
  past: PastRun,
  options: ResumeOptions,
  environment: Variables,
  end: "goes-on" | "rests" = "goes-on",
): Promise<CheckedRun> {
  const { state, facts, stateDirectory } = past;
  const repository = await openRecorded(facts);
  const base = { repository, commit: facts.baseCommit, stateDirectory };
  const loaded = await reload(facts, base);
  try {
    const { pipeline } = loaded;
    const baseRefCommit = facts.baseRef == null ? null : await commitAt(repository, facts.baseRef);
    const now = { pipeline, prompts: promptsOf(pipeline), baseRefCommit };
    const changes = whatChanged(facts, now);
    if (end === "goes-on") refuseChanges(past, now, changes, options.acceptChanges === true);
    const agents = await agentsFor(past, options, environment, end);
    const payload: Resumption = {
      ...agents.payload,
      accepted: [...changes],
      pipeline: changes.length === 0 || end === "rests" ? null : pipeline,
      baseRef: facts.baseRef ?? null,
      prompts: now.prompts,
    };
    return {
      runId: state.id,
      stateDirectory,
      repository,
      loaded,
      facts,
      agentServer: agents.agentServer,
      resumption: { sequence: state.sequence, payload },
    };
  } catch (error) {
    await loaded.dispose();
    throw error;
  }
}

async function openRecorded({ repository: { id, path } }: RunFacts): Promise<Repository> {
  const repository = await openRepository(path);
  if (repository.id === id) return repository;
  throw usage(
    "repository.other",
    `expected the run's repository at ${path}, found another one`,
    "put the repository back where it was, or start a new run",
  );
}

/** The pipeline as its source has it now; one that was given as a value is the one that was recorded. */
async function reload(
  facts: RunFacts,
  base: { repository: Repository; commit: string; stateDirectory: string },
): Promise<LoadedPipeline> {
  const { pipelineReference: reference = null, pipeline: recorded } = facts;
  if (reference === null) return { pipeline: recorded, gateModules: null, dispose: () => Promise.resolve() };
  const loaded = await loadGivenPipeline(reference, base);
  if (facts.candidate === undefined) return loaded;
  return { ...loaded, pipeline: checkPipeline(loaded.pipeline).pipeline };
}

async function agentsFor(
  { facts }: PastRun,
  options: ResumeOptions,
  environment: Variables,
  end: "goes-on" | "rests",
): Promise<{ agentServer: AgentServer; payload: Pick<Resumption, "codex" | "model" | "codexConfig"> }> {
  const codexConfig = [...(options.codexConfig ?? facts.codexConfig ?? [])];
  const model = options.model ?? facts.model;
  if (facts.codex === null || end === "rests") {
    return { agentServer: noAgents, payload: { codex: facts.codex, model, codexConfig } };
  }
  const agentServer = createCodexServer({
    environment,
    config: settingsFor(facts, codexConfig, options),
    ...(options.codexPath === undefined ? {} : { path: options.codexPath }),
    ...(options.codexHome === undefined ? {} : { codexHome: options.codexHome }),
    ...(model === null ? {} : { model }),
  });
  const codex = { ...(await agentServer.describe()) };
  await agentServer.requireLogin();
  return { agentServer, payload: { codex, model, codexConfig } };
}

function settingsFor(facts: RunFacts, codexConfig: readonly string[], options: ResumeOptions): CodexConfig {
  const lost = facts.codexSettings ?? [];
  if (lost.length === 0 || options.codexSettings !== undefined || options.codexConfig !== undefined) {
    return { ...readableConfig(codexConfig), ...options.codexSettings };
  }
  throw usage(
    "resume.settings",
    `the program that began the run gave Codex settings that the log does not keep: ${lost.join(", ")}`,
    "go on from that program, or give them with --codex-config; a demo is begun again",
  );
}

/** The log keeps no secret: a setting that held one has to be given again. */
function readableConfig(codexConfig: readonly string[]): CodexConfig {
  const lost = codexConfig.find((setting) => setting.includes(replacement));
  if (lost === undefined) return parseConfigValues(codexConfig);
  throw usage(
    "resume.redacted",
    `the run was given '${lost.split("=", 1)[0]}' with a secret in it, which the log does not keep`,
    "give all of --codex-config again",
  );
}

function refuseOver({ id, status, reason }: RunState): void {
  if (status !== "passed" && status !== "failed" && status !== "cancelled") return;
  const why = reason === null ? "" : `: ${reason.message}`;
  throw usage(
    "run.over",
    `run ${id} is over: it ${status === "cancelled" ? "was cancelled" : `has ${status}`}${why}`,
    status === "passed"
      ? `see it: portcullis show ${id}`
      : "start a new run; what this one made is in its log",
  );
}

function refuseChanges(
  { state: { id }, facts }: PastRun,
  now: Grounds,
  changes: readonly string[],
  accepted: boolean,
): void {
  if (changes.length === 0) return;
  const hindrance = cannotTakeOver(facts.pipeline, now.pipeline);
  const message = `since run ${id} began, this has changed: ${changes.join("; ")}`;
  if (hindrance !== null) {
    throw usage("run.changed", `${message}; ${hindrance}`, "put the pipeline back, or start a new run");
  }
  if (!accepted) {
    throw usage("run.changed", message, "put it back, or go on all the same with --accept-changes");
  }
}

function usage(code: string, message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code, kind: "usage", message, remedy });
}
