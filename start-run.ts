import { resolve } from "node:path";
import { createCodexServer } from "./codex/agent-server.ts";
import { parseConfigValues, type CodexConfig } from "./codex/config-values.ts";
import { PortcullisError } from "./core/errors.ts";
import { ulidIds } from "./core/ids.ts";
import { limits } from "./core/limits.ts";
import type { PipelineDefinition } from "./core/pipeline.ts";
import { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
import { readConfig } from "./orchestrator/read-config.ts";
import { requireCommands } from "./orchestrator/require-commands.ts";
import { rulesLead } from "./orchestrator/rules-lead.ts";
import { dirtyPaths } from "./orchestrator/workspace/dirty-paths.ts";
import { requireFreeBranch } from "./orchestrator/workspace/free-branch.ts";
import { refuseUnsupported } from "./orchestrator/workspace/refuse-unsupported.ts";
import { groundsOf } from "./orchestrator/what-changed.ts";
import { branchNamedBy, openRepository, resolveCommit } from "./orchestrator/workspace/repository.ts";
import { repositoryFiles } from "./orchestrator/workspace/repository-files.ts";
import { hostRun, type CheckedRun, type HostOptions, type RunResult, type Variables } from "./host-run.ts";
import { loadGivenPipeline } from "./load-pipeline.ts";

export type { RunResult } from "./host-run.ts";

export interface RunOptions extends HostOptions {
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
  model?: string;
  /** `KEY=VALUE`, as `codex -c` takes them; `{worker}` becomes the worker's name. */
  codexConfig?: readonly string[];
  /** The same as a value; stronger. */
  codexSettings?: CodexConfig;
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs a pipeline on a repository, to its end. What is wrong with the input or the machine rejects with a
 * `PortcullisError` before anything is made; after that the outcome is the state's status.
 */
export async function startRun(options: RunOptions): Promise<RunResult> {
  const environment = options.environment ?? process.env;
  const checked = await checkRun(options, environment);
  return hostRun(checked, options, environment);
}

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
  const loaded = await loadGivenPipeline(options.pipeline, {
    repository,
    commit: baseCommit,
    stateDirectory,
  });
  try {
    const { pipeline } = loaded;
    requireCommands(pipeline, config);
    const codex = { ...(await agentServer.describe()) };
    await agentServer.requireLogin();
    const about = { repository: { id: repository.id, path: repository.root }, baseCommit, branch, leftOut };
    const model = options.model ?? (typeof settings["model"] === "string" ? settings["model"] : null);
    const facts = {
      goal,
      ...about,
      pipeline,
      config,
      codex,
      model,
      lead: rulesLead.name,
      codexConfig: [...(options.codexConfig ?? [])],
      codexSettings: Object.keys(options.codexSettings ?? {}),
      baseRef: await branchNamedBy(repository, options.base ?? "HEAD"),
      ...groundsOf(options.pipeline, pipeline),
    };
    return { runId, stateDirectory, repository, agentServer, loaded, facts, resumption: null };
  } catch (error) {
    await loaded.dispose();
    throw error;
  }
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
