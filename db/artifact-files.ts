import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../core/digest.ts";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { damagedArtifact } from "./artifact-content.ts";

/** `ab/cdef…`, so that no folder holds too many. */
function pathOf(directory: string, digest: string): string {
  return join(directory, digest.slice(0, 2), digest.slice(2));
}

/** Writes content under its digest, whole or not at all, and durable; content that is there and sound is left alone. */
export async function writeArtifactFile(directory: string, digest: string, bytes: Uint8Array): Promise<void> {
  const path = pathOf(directory, digest);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    if (await isSound(path, digest)) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(temporary, bytes);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    await syncFolder(directory);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new PortcullisError({
      code: "artifact.unwritable",
      kind: "environment",
      message: `expected to keep an artifact at ${path}, found that it cannot be written: ${messageOf(error)}`,
      remedy: "make room or make the state directory writable, then resume",
      retryable: true,
      cause: error,
    });
  }
}

/** Null where there is none. Error: `artifact.damaged`. */
export async function readArtifactFile(directory: string, digest: string): Promise<Uint8Array | null> {
  if (!/^[0-9a-f]{64}$/.test(digest)) return null;
  const path = pathOf(directory, digest);
  const found = await stat(path).catch(nullIfMissing);
  if (found === null) return null;
  if (!found.isFile() || found.size > limits.artifactBytes) {
    throw damagedArtifact(digest, `no file of at most ${limits.artifactBytes} bytes at ${path}`);
  }
  const bytes = await readFile(path);
  const actual = sha256(bytes);
  if (actual !== digest) throw damagedArtifact(digest, `digest ${actual} at ${path}`);
  return bytes;
}

export function artifactFileExists(directory: string, digest: string): boolean {
  return existsSync(pathOf(directory, digest));
}

/** Also what a crash left beside it. At once, to be called where nobody can name it meanwhile. */
export function removeArtifactFile(directory: string, digest: string): void {
  const path = pathOf(directory, digest);
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const drafts = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of [basename(path), ...drafts]) rmSync(join(folder, name), { force: true });
}

async function isSound(path: string, digest: string): Promise<boolean> {
  const found = await readFile(path).catch(() => null);
  return found !== null && sha256(found) === digest;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
