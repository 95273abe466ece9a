import { randomUUID } from "node:crypto";
import { lstat, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { messageOf, PortcullisError } from "../exit-codes.ts";
import type { KeptArtifact, Look } from "../look.ts";
import { artifactPaths } from "./artifact-path.ts";

export interface WrittenArtifact extends KeptArtifact {
  path: string;
}

/**
 * Writes artifacts below a folder, which is made; all is checked before anything is written. Errors: `artifact.exists`
 * (usage), `artifact.gone`, `artifact.damaged`, `artifact.unwritable` (environment).
 */
export async function writeArtifacts(
  look: Look,
  artifacts: readonly KeptArtifact[],
  { directory, force }: { directory: string; force: boolean },
): Promise<WrittenArtifact[]> {
  const planned = [...artifactPaths(artifacts)].map(([artifact, path]) => ({
    ...artifact,
    path: join(resolve(directory), path),
  }));
  if (!force) for (const { path } of planned) await refuseExisting(path);
  for (const { name, digest } of planned) {
    if ((await look.content(digest)) === null) throw gone(name, digest);
  }
  for (const { path, digest } of planned) {
    await write(resolve(directory), path, (await look.content(digest)) ?? new Uint8Array()).catch(
      (error: unknown) => {
        throw error instanceof PortcullisError ? error : unwritable(path, messageOf(error), error);
      },
    );
  }
  return planned;
}

async function refuseExisting(path: string): Promise<void> {
  if ((await lstat(path).catch(() => null)) === null) return;
  throw new PortcullisError({
    code: "artifact.exists",
    kind: "usage",
    message: `expected no file at ${path}, found one`,
    remedy: "name another folder, or write over what is there with --force",
  });
}

/** Beside its place and then into it, so that a link there is replaced and not followed. */
async function write(root: string, path: string, content: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(root, { recursive: true });
  await makeFolders(root, folder);
  const [realRoot, realFolder] = await Promise.all([realpath(root), realpath(folder)]);
  if (realFolder !== realRoot && !realFolder.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw unwritable(path, `a link leads from there to ${realFolder}`);
  }
  const there = await lstat(path).catch(() => null);
  if (there?.isDirectory() === true) throw unwritable(path, "a folder is there");
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** One by one: of a whole path, `mkdir` would go through links. */
async function makeFolders(root: string, folder: string): Promise<void> {
  const parts = folder.slice(root.length).split(sep).filter(Boolean);
  let at = root;
  for (const part of parts) {
    at = join(at, part);
    const there = await lstat(at).catch(() => null);
    if (there?.isSymbolicLink() === true) throw unwritable(at, `a link is there, to ${await leadsTo(at)}`);
    if (there === null) await mkdir(at);
  }
}

async function leadsTo(link: string): Promise<string> {
  return (await stat(link).catch(() => null)) === null ? "nowhere" : realpath(link);
}

function gone(name: string, digest: string): PortcullisError {
  return new PortcullisError({
    code: "artifact.gone",
    kind: "environment",
    message: `expected the content of '${name}' (${digest.slice(0, 12)}), found none`,
    remedy: "its file was taken from the state folder: restore it, or choose others with --name",
  });
}

function unwritable(path: string, found: string, cause?: unknown): PortcullisError {
  return new PortcullisError({
    code: "artifact.unwritable",
    kind: "environment",
    message: `expected to write ${path}, found that this is not possible: ${found}`,
    remedy: "name an empty folder that can be written",
    cause,
  });
}
