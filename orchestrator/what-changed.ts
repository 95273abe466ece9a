import { resolve } from "node:path";
import { roleDigest } from "../agents/role-digest.ts";
import { roleOf } from "../agents/roles.ts";
import { isPipelineFile } from "../core/config/pipeline-file.ts";
import { digestOf } from "../core/digest.ts";
import { defaultPipeline, type RecordedPipeline } from "../core/pipeline.ts";
import type { RolePrompt } from "../core/events/run-events.ts";
import type { RunFacts } from "./state.ts";

/** What a run stands on and that may be another by the time it goes on. */
export interface Grounds {
  pipeline: RecordedPipeline;
  prompts: readonly RolePrompt[];
  /** The commit that the base's branch is at now, or null where the base was not named by one, or it is gone. */
  baseRefCommit: string | null;
}

/** What `run.started` says of these. */
export function groundsOf(
  given: string | object | undefined,
  pipeline: RecordedPipeline,
): { pipelineReference: string | null; prompts: RolePrompt[] } {
  const reference = given ?? defaultPipeline;
  const pipelineReference = typeof reference === "string" ? placed(reference) : null;
  return { pipelineReference, prompts: promptsOf(pipeline) };
}

/** A run may go on from another folder. */
function placed(reference: string): string {
  return isPipelineFile(reference) ? resolve(reference) : reference;
}

/** A digest of what each role of a pipeline is told. */
export function promptsOf({ stages }: RecordedPipeline): RolePrompt[] {
  const names = new Set(stages.flatMap(({ role }) => role ?? []));
  return [...names].map((role) => ({ role, digest: roleDigest(roleOf(role)) }));
}

/** What has changed since the run's start, each in words. What was not recorded of an older run cannot be told, and is not. Pure. */
export function whatChanged(facts: RunFacts, now: Grounds): readonly string[] {
  return [
    ...pipelineChanges(facts.pipeline, now.pipeline),
    ...promptChanges(facts, now),
    ...baseChanges(facts, now),
  ];
}

function pipelineChanges(before: RecordedPipeline, after: RecordedPipeline): string[] {
  if (before.source?.digest !== after.source?.digest) {
    const file = after.source?.file ?? before.source?.file ?? after.name;
    const files = changedFiles(before, after);
    return [`the pipeline '${before.name}' (${files.length > 0 ? files.join(", ") : file})`];
  }
  const [{ source: _before, ...was }, { source: _after, ...is }] = [before, after];
  if (digestOf(was) === digestOf(is)) return [];
  const stages = after.stages.filter((stage) => {
    const same = before.stages.find(({ name }) => name === stage.name);
    return same === undefined || digestOf(same) !== digestOf(stage);
  });
  const where =
    stages.length === 0 ? "its limits or stages" : `stage ${stages.map(({ name }) => name).join(", ")}`;
  return [`the pipeline '${before.name}' (${where})`];
}

function changedFiles({ source: before }: RecordedPipeline, { source: after }: RecordedPipeline): string[] {
  const was = new Map(before?.files.map(({ path, sha256 }) => [path, sha256]));
  const is = new Map(after?.files.map(({ path, sha256 }) => [path, sha256]));
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
}

function promptChanges({ prompts = [] }: RunFacts, now: Grounds): string[] {
  const changed = now.prompts.filter(({ role, digest }) =>
    prompts.some((before) => before.role === role && before.digest !== digest),
  );
  return changed.map(({ role }) => `the prompt of the ${role}`);
}

function baseChanges({ baseRef, baseCommit }: RunFacts, { baseRefCommit }: Grounds): string[] {
  if (baseRef === undefined || baseRef === null || baseRefCommit === baseCommit) return [];
  const branch = baseRef.replace(/^refs\/heads\//, "");
  const found = baseRefCommit === null ? "is gone" : `is at ${baseRefCommit.slice(0, 12)} now`;
  return [`the base: ${branch} was at ${baseCommit.slice(0, 12)} and ${found}`];
}

/** Why a run that has begun cannot go on with this pipeline, or null. Pure. */
export function cannotTakeOver(before: RecordedPipeline, after: RecordedPipeline): string | null {
  for (const [index, stage] of before.stages.entries()) {
    const now = after.stages[index];
    if (now === undefined || now.name !== stage.name || now.kind !== stage.kind || now.role !== stage.role) {
      return `stage ${index + 1} was '${stage.name}' (${stage.kind}) and is ${now === undefined ? "gone" : `'${now.name}' (${now.kind})`}`;
    }
  }
  return null;
}
