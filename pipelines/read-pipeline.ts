import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { openYaml, sourceError, type YamlSource } from "../core/config/yaml-source.ts";
import { sha256 } from "../core/digest.ts";
import type { PortcullisError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { gatesOf, type Pipeline, type PipelineDefinition, type RecordedPipeline } from "../core/pipeline.ts";
import type { GateModules } from "../core/ports/gate-modules.ts";
import { parsePipeline } from "./define-pipeline.ts";
import { sourceOf } from "./digest-source.ts";
import { createGateModules, customGatesOf, moduleOf } from "./gate-modules.ts";
import type { HostRequest } from "./host/messages.ts";
import { askHost, HostError, type HostResult } from "./host/start-host.ts";
import { displayPath, pathInSource, type PipelineHome, type Placed } from "./pipeline-home.ts";

export interface ReadPipeline {
  pipeline: RecordedPipeline;
  /** Null where the pipeline has no code of its own. */
  gateModules: GateModules | null;
}

const code = "pipeline.invalid";

/** A pipeline from YAML or JSON. Errors: `pipeline.invalid`, as `FILE:LINE:COLUMN: what was expected, what was found`. */
export async function readPipelineText(text: string, home: PipelineHome): Promise<ReadPipeline> {
  const source = openYaml(text, { file: home.file, code });
  return withGates(checkedIn(source, [], source.value), { source, within: [], text, home });
}

/** One that stands in `portcullis.yaml` itself, under its name. */
export async function readInlinePipeline(
  definition: PipelineDefinition,
  about: { source: YamlSource; text: string; home: PipelineHome },
): Promise<ReadPipeline> {
  const within = ["pipelines", definition.name];
  return withGates(checkedIn(about.source, within, definition), { ...about, within });
}

/** A pipeline that a module exports. It is run to be read: at most `timeoutMs` (20 s). */
export async function readPipelineModule(
  home: PipelineHome,
  timeoutMs: number = limits.pipelineLoadMs,
): Promise<ReadPipeline> {
  const placed = await home.place();
  const asked = { pipeline: pathToFileURL(placed.path).href, gates: [] };
  const { pipeline: value, files } = await load(home, placed, asked, timeoutMs);
  const checked = parsePipeline(value);
  if ("problem" in checked) {
    const { problem, remedy } = checked.problem;
    throw sourceError({ file: home.file, code, at: null, problem, remedy });
  }
  const source = sourceOf({ file: home.file, commit: home.commit }, files);
  const gateModules = customGatesOf(checked.pipeline).length > 0 ? createGateModules(placed, source) : null;
  return { pipeline: { ...checked.pipeline, source }, gateModules };
}

function checkedIn(source: YamlSource, within: readonly PropertyKey[], value: unknown): Pipeline {
  const checked = parsePipeline(value);
  if ("pipeline" in checked) return checked.pipeline;
  throw source.error({ ...checked.problem, path: [...within, ...checked.problem.path] });
}

/** The text that a pipeline stands in, and where in it. */
interface Declared {
  source: YamlSource;
  within: readonly PropertyKey[];
  text: string;
  home: PipelineHome;
}

/** With the modules of its own gates, which are imported once so that they are known to be there. */
async function withGates(pipeline: Pipeline, declared: Declared): Promise<ReadPipeline> {
  const { text, home } = declared;
  const itself = { path: pathInSource(home), sha256: sha256(text) };
  const about = { file: home.file, commit: home.commit };
  const gates = customGatesOf(pipeline);
  if (gates.length === 0) {
    return { pipeline: { ...pipeline, source: sourceOf(about, [itself]) }, gateModules: null };
  }
  const placed = await home.place();
  await requireModules(pipeline, declared, placed);
  const asked = { pipeline: null, gates: gates.map((gate) => moduleOf(gate, placed.path)) };
  const { files } = await load(home, placed, asked, limits.pipelineLoadMs);
  const source = sourceOf(about, [itself, ...files]);
  return { pipeline: { ...pipeline, source }, gateModules: createGateModules(placed, source) };
}

async function requireModules(
  pipeline: Pipeline,
  { source, within }: Declared,
  placed: Placed,
): Promise<void> {
  for (const [index, stage] of pipeline.stages.entries()) {
    for (const [place, gate] of gatesOf(stage).entries()) {
      if (gate.kind !== "custom") continue;
      const found = await stat(new URL(moduleOf(gate, placed.path).url)).catch(() => null);
      if (found?.isFile() === true) continue;
      throw source.error({
        path: [...within, "stages", index, "gates", place, "module"],
        at: "value",
        problem: `'stages.${index}.gates.${place}.module': expected a module beside the pipeline's file, found none at '${gate.module}'`,
        remedy: "correct the path; it is read from the folder of the pipeline's file",
      });
    }
  }
}

async function load(
  home: PipelineHome,
  placed: Placed,
  asked: Pick<HostRequest, "pipeline" | "gates">,
  timeoutMs: number,
): Promise<Extract<HostResult, { kind: "loaded" }>> {
  const { root, confined } = placed;
  try {
    const result = await askHost({ root, confined, expected: null, context: null, ...asked }, { timeoutMs });
    if (result.kind === "loaded") return result;
    throw new HostError("it judged instead of being read");
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    throw thrownBy(error, home, placed);
  }
}

function thrownBy(error: HostError, home: PipelineHome, placed: Placed): PortcullisError {
  const { place, remedy, message } = error;
  return sourceError({
    file: place === null ? home.file : displayPath(home, placed, place.path),
    code,
    at: place === null ? null : { line: place.line, col: place.column ?? 1 },
    problem: message,
    remedy: remedy ?? "correct the pipeline's code; `portcullis pipeline check FILE` tries it",
    cause: error,
  });
}
