import { basename, dirname, join, relative } from "node:path";

/** A pipeline's file on the disk. */
export interface Placed {
  /** Absolute, without links. */
  path: string;
  /** The folder that the source's paths are relative to. */
  root: string;
  /** Nothing outside of the root may be imported. */
  confined: boolean;
}

/** Where a pipeline comes from. */
export interface PipelineHome {
  /** As messages and the log name it. */
  file: string;
  /** The commit that it is read at; null for a file of the disk. */
  commit: string | null;
  /** Puts it and what it may import on the disk; needed for code alone. */
  place(): Promise<Placed>;
}

/** How messages name a file that a pipeline imports. */
export function displayPath({ file, commit }: PipelineHome, placed: Placed, path: string): string {
  if (path === placed.path) return file;
  const inside = relative(placed.root, path);
  return commit === null ? join(dirname(file), inside) : inside;
}

/** The path of the pipeline's file in its source. */
export function pathInSource({ file, commit }: PipelineHome): string {
  return commit === null ? basename(file) : file;
}
