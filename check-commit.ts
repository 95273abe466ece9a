import { resolve } from "node:path";
import { PortcullisError } from "./core/errors.ts";
import { ulidIds } from "./core/ids.ts";
import type { PipelineDefinition } from "./core/pipeline.ts";
import type { AgentServer } from "./core/ports/agent-server.ts";
import { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
import { hostRun, type CheckedRun, type HostOptions, type RunResult, type Variables } from "./host-run.ts";
import { loadGivenPipeline } from "./load-pipeline.ts";
import { readConfig } from "./orchestrator/read-config.ts";
import { groundsOf } from "./orchestrator/what-changed.ts";
import { requireCommands } from "./orchestrator/require-commands.ts";
import { rulesLead } from "./orchestrator/rules-lead.ts";
import type { RunFacts } from "./orchestrator/state.ts";
import { refuseUnsupported } from "./orchestrator/workspace/refuse-unsupported.ts";
import { openRepository, resolveCommit, type Repository } from "./orchestrator/workspace/repository.ts";
import { repositoryFiles } from "./orchestrator/workspace/repository-files.ts";
import { checkPipeline } from "./pipelines/check-pipeline.ts";

export interface CheckOptions extends HostOptions {
  /** Any folder of the repository. */
  repository: string;
  /** The commit that is judged. Default: HEAD. */
  commit?: string;
  /** What it is measured against, and whose configuration and tests count. Default: the first parent of the commit. */
  base?: string;
  /** As for a run; a name is looked up at `base`. Its gates that need no agent judge. */
  pipeline?: string | PipelineDefinition;
  /** Commands for this time alone, beside those of `portcullis.yaml`. */
  checks?: readonly string[];
  /** Default: `$XDG_STATE_HOME/portcullis`. */
  stateDirectory?: string;
  environment?: Readonly<Record<string, string | undefined>>;
}

export interface CheckResult extends RunResult {
  /** Names of the pipeline's gates that judge only a worker's attempt, or ask an agent of their own. */
  leftOut: readonly string[];
}

/**
 * Judges a commit by the gates of a pipeline, without any agent: a run of its own in the log. What is wrong with the
 * input rejects before anything is made; after that the outcome is the state's status.
 */
export async function checkCommit(options: CheckOptions): Promise<CheckResult> {
  const environment = options.environment ?? process.env;
  const { checked, leftOut } = await prepareCheck(options, environment);
  return { ...(await hostRun(checked, options, environment)), leftOut };
}

async function prepareCheck(
  options: CheckOptions,
  environment: Variables,
): Promise<{ checked: CheckedRun; leftOut: CheckResult["leftOut"] }> {
  const repository = await openRepository(options.repository);
  const candidate = await resolveCommit(repository, options.commit ?? "HEAD");
  const baseCommit = await resolveCommit(repository, options.base ?? `${candidate}^`).catch(
    (error: unknown) => {
      throw options.base === undefined ? noParent(candidate) : error;
    },
  );
  await refuseUnsupported(repository, baseCommit);
  await refuseUnsupported(repository, candidate);
  const config = await readConfig(await repositoryFiles(repository, baseCommit), options.checks ?? []);
  const stateDirectory = resolve(options.stateDirectory ?? defaultStateDirectory(environment));
  assertStateDirectory({ directory: stateDirectory, repositoryRoot: repository.root });
  const loaded = await loadGivenPipeline(options.pipeline, {
    repository,
    commit: baseCommit,
    stateDirectory,
  });
  try {
    const { pipeline, leftOut } = checkPipeline(loaded.pipeline);
    requireCommands(pipeline, config);
    const grounds = groundsOf(options.pipeline, pipeline);
    const facts = { ...factsOf(repository, { baseCommit, candidate }), pipeline, config, ...grounds };
    const runId = ulidIds().run();
    const about = { runId, stateDirectory, repository, agentServer: noAgents, loaded, facts };
    return { checked: { ...about, resumption: null }, leftOut };
  } catch (error) {
    await loaded.dispose();
    throw error;
  }
}

function factsOf(
  repository: Repository,
  { baseCommit, candidate }: { baseCommit: string; candidate: string },
): Omit<RunFacts, "pipeline" | "config"> {
  return {
    goal: `Check ${candidate.slice(0, 12)} against ${baseCommit.slice(0, 12)}`,
    repository: { id: repository.id, path: repository.root },
    baseCommit,
    candidate,
    branch: null,
    leftOut: [],
    codex: null,
    model: null,
    lead: rulesLead.name,
  };
}

/** A check dispatches nobody; a stage that wanted to is a defect. */
export const noAgents: AgentServer = {
  describe: () => Promise.reject(noAgent()),
  startWorker: () => Promise.reject(noAgent()),
  requireLogin: () => Promise.resolve(),
};

function noAgent(): PortcullisError {
  return new PortcullisError({
    code: "run.no-agents",
    kind: "defect",
    message: "a worker was asked for where there is to be none",
    remedy: "report this with the run's events",
  });
}

function noParent(commit: string): PortcullisError {
  return new PortcullisError({
    code: "check.no-base",
    kind: "usage",
    message: `commit ${commit.slice(0, 12)} has no parent to be measured against`,
    remedy: "name what it is measured against with --base REV",
  });
}
