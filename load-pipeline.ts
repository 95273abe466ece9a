import { mkdir, readFile, realpath, rm, rmdir } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { openProcessRecord, type OwnRecord } from "./codex/process-records.ts";
import { watchOwnEnd } from "./codex/watch-own-end.ts";
import { isCode, isPipelineFile } from "./core/config/pipeline-file.ts";
import { parseRepositoryFile, type RepositoryFile } from "./core/config/read.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import { nearest } from "./core/nearest.ts";
import { builtInNames, defaultPipeline, type PipelineDefinition } from "./core/pipeline.ts";
import { exportFiles } from "./orchestrator/workspace/export-files.ts";
import { openRepository, resolveCommit, type Repository } from "./orchestrator/workspace/repository.ts";
import { repositoryFiles } from "./orchestrator/workspace/repository-files.ts";
import { definePipeline } from "./pipelines/define-pipeline.ts";
import { customGatesOf } from "./pipelines/gate-modules.ts";
import type { PipelineHome, Placed } from "./pipelines/pipeline-home.ts";
import {
  readInlinePipeline,
  readPipelineModule,
  readPipelineText,
  type ReadPipeline,
} from "./pipelines/read-pipeline.ts";
import { pipelineNamed } from "./pipelines/registry.ts";

export { gatesOf, type RecordedPipeline } from "./core/pipeline.ts";
export { describeGate, renderGraph } from "./pipelines/graph.ts";

export interface LoadedPipeline extends ReadPipeline {
  /** Takes away what was put on the disk for its code. Call it when the pipeline's gates are no longer needed. */
  dispose(): Promise<void>;
}

/** The commit at which names are looked up. */
export interface PipelineBase {
  repository: Repository;
  commit: string;
  stateDirectory: string;
}

const configFile = "portcullis.yaml";

/**
 * A pipeline by a path (read from the disk) or by a name: a built-in one, or one under `pipelines:` in `portcullis.yaml` at
 * the base commit, where everything is read at that commit. Errors: `pipeline.unknown`, `pipeline.unreadable`,
 * `pipeline.invalid`, `config.invalid`.
 */
export async function loadPipeline(
  reference: string,
  base: () => Promise<PipelineBase>,
): Promise<LoadedPipeline> {
  if (isPipelineFile(reference)) return fromDisk(reference);
  if (reference.includes("/")) throw wrongExtension(reference);
  if (builtInNames.includes(reference)) {
    return { pipeline: pipelineNamed(reference), gateModules: null, dispose: nothingToDo };
  }
  return fromCommit(reference, await base());
}

/** The same for callers, who may give the pipeline itself. Error: `pipeline.without-file` where that has gates of kind `custom`. */
export async function loadGivenPipeline(
  given: string | PipelineDefinition = defaultPipeline,
  base: PipelineBase,
): Promise<LoadedPipeline> {
  if (typeof given === "string") return loadPipeline(given, () => Promise.resolve(base));
  const pipeline = definePipeline(given);
  if (customGatesOf(pipeline).length === 0) return { pipeline, gateModules: null, dispose: nothingToDo };
  throw usage(
    "without-file",
    `pipeline '${pipeline.name}' has a gate of kind 'custom', whose module is named from the pipeline's file, and it has none`,
    "put the pipeline into a file and give its path",
  );
}

/** The same for the command line, which knows a folder and perhaps a revision. */
export function loadPipelineOf(
  reference: string,
  options: { directory: string; stateDirectory: string; revision?: string },
): Promise<LoadedPipeline> {
  return loadPipeline(reference, async () => {
    const repository = await openRepository(options.directory);
    const commit = await resolveCommit(repository, options.revision ?? "HEAD");
    return { repository, commit, stateDirectory: options.stateDirectory };
  });
}

async function fromDisk(file: string): Promise<LoadedPipeline> {
  watchOwnEnd();
  const path = await realpath(resolve(file)).catch((cause: unknown) => {
    throw unreadable(file, messageOf(cause));
  });
  const placed: Placed = { path, root: dirname(path), confined: false };
  const home: PipelineHome = { file, commit: null, place: () => Promise.resolve(placed) };
  if (isCode(file)) return { ...(await readPipelineModule(home)), dispose: nothingToDo };
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(file, messageOf(cause));
  });
  return { ...(await readPipelineText(text, home)), dispose: nothingToDo };
}

async function fromCommit(name: string, base: PipelineBase): Promise<LoadedPipeline> {
  watchOwnEnd();
  const files = await repositoryFiles(base.repository, base.commit);
  const text = await files.read(configFile);
  const config = text === null ? null : parseRepositoryFile(text, configFile);
  const named = config?.pipelines.get(name);
  if (text === null || config === null || named === undefined) {
    throw unknown(name, [...(config?.pipelines.keys() ?? [])]);
  }
  const tree = createTree(base);
  const homeOf = (file: string): PipelineHome => ({
    file,
    commit: base.commit,
    async place() {
      const root = await tree.root();
      return { path: join(root, file), root, confined: true };
    },
  });
  try {
    if ("definition" in named) {
      const about = { source: config.source, text, home: homeOf(configFile) };
      return { ...(await readInlinePipeline(named.definition, about)), dispose: tree.remove };
    }
    const content = await files.read(named.file);
    if (content === null) throw missingFile(config, name, named.file);
    const home = homeOf(named.file);
    const read = isCode(named.file) ? readPipelineModule(home) : readPipelineText(content, home);
    return { ...(await read), dispose: tree.remove };
  } catch (error) {
    await tree.remove();
    throw error;
  }
}

/** What of the commit may be imported, in the state folder; made when it is asked for, and the folders around it go again. */
function createTree({ repository, commit, stateDirectory }: PipelineBase): {
  root(): Promise<string>;
  remove(): Promise<void>;
} {
  const directory = join(stateDirectory, "pipelines", randomUUID());
  let first: string | undefined;
  let record: OwnRecord | undefined;
  let made: Promise<string> | null = null;
  const make = async (): Promise<string> => {
    // Before the folder is there, so that nobody takes it for that of a dead process.
    record = openProcessRecord(stateDirectory);
    first = await mkdir(directory, { recursive: true, mode: 0o700 });
    const wanted = (path: string): boolean => isCode(path) || path.endsWith(".json");
    await exportFiles(repository, commit, { directory, wanted });
    return realpath(directory);
  };
  return {
    root: () => (made ??= make()),
    async remove() {
      await made?.catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
      await removeEmpty(dirname(directory), first);
      record?.close();
    },
  };
}

/** The folders from this one up to the first that was made. */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  for (let around = folder; first !== undefined && around.startsWith(first); around = dirname(around)) {
    try {
      await rmdir(around);
    } catch {
      // Somebody else uses it by now.
      return;
    }
  }
}

function nothingToDo(): Promise<void> {
  return Promise.resolve();
}

function unknown(name: string, own: readonly string[]): PortcullisError {
  const known = [...builtInNames, ...own];
  const meant = nearest(name, known);
  const otherwise =
    own.length > 0
      ? "leave --pipeline out for the default"
      : `leave --pipeline out for the default, or name a file or one of 'pipelines:' in ${configFile} at the base commit`;
  return usage(
    "unknown",
    `unknown pipeline '${name}'; there is ${known.map((one) => `'${one}'`).join(", ")}`,
    meant === null ? otherwise : `did you mean '${meant}'?`,
  );
}

function missingFile({ source }: RepositoryFile, name: string, file: string): PortcullisError {
  return source.error({
    path: ["pipelines", name, "file"],
    at: "value",
    problem: `'pipelines.${name}.file': the base commit has no file '${file}'`,
    remedy: "commit it, or correct the path; it is read at the commit that a run starts from",
  });
}

function wrongExtension(file: string): PortcullisError {
  return usage(
    "unknown",
    `expected a pipeline's name, or a path that ends in .yaml, .yml, .json, .ts, .mts, .mjs or .js, found '${file}'`,
    "name the file with its extension",
  );
}

function unreadable(file: string, why: string): PortcullisError {
  return usage("unreadable", `the pipeline '${file}' cannot be read: ${why}`, "name a file that exists");
}

function usage(code: string, message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code: `pipeline.${code}`, kind: "usage", message, remedy });
}
