import { digestOf } from "../core/digest.ts";
import type { PipelineSource } from "../core/pipeline.ts";
import { isCode } from "../core/config/pipeline-file.ts";
import { ownVersion } from "./host/own-modules.ts";

/** The source of a pipeline that is made of these files. Code also runs on a Node and a Portcullis: these by version. */
export function sourceOf(
  about: { file: string; commit: string | null },
  files: Readonly<PipelineSource["files"]>,
): PipelineSource {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const runtime = sorted.some(({ path }) => isCode(path))
    ? { node: process.versions.node, portcullis: ownVersion() }
    : null;
  return { ...about, digest: digestOf({ files: sorted, runtime }), files: sorted };
}
