import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import { sha256 } from "../core/digest.ts";
import { PortcullisError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { ArtifactStore, StoredArtifact } from "../core/ports/artifact-store.ts";
import type { Redactor } from "../core/redaction.ts";

/** Content under `artifacts/ab/cdef…`, written beside and renamed, so that a file with a digest's name is whole. */
export function createArtifactStore(
  database: Database,
  directory: string,
  redactor: Redactor,
): ArtifactStore {
  const index = database.prepare(
    `insert into artifacts values (@runId, @name, @digest, @bytes, @mediaType)
     on conflict do update set digest = excluded.digest, bytes = excluded.bytes, media_type = excluded.media_type`,
  );
  const list = database.prepare<[string], StoredArtifact & { name: string }>(
    "select name, digest, bytes, media_type as mediaType from artifacts where run_id = ? order by name",
  );
  const fileOf = (digest: string): string => join(directory, digest.slice(0, 2), digest.slice(2));
  return {
    async put(given, { runId, name, mediaType }) {
      // Text is ours to redact; bytes are a deliverable, whose digest must stay what was claimed.
      const content = typeof given === "string" ? Buffer.from(redactor.text(given)) : given;
      refuseLarge(content.length, name);
      const digest = sha256(content);
      await writeOnce(fileOf(digest), content);
      index.run({ runId, name, digest, bytes: content.length, mediaType });
      return { digest, bytes: content.length, mediaType };
    },
    get: (digest) => readArtifact(fileOf(digest), digest),
    list: (runId) => Promise.resolve(list.all(runId)),
  };
}

async function writeOnce(file: string, content: Uint8Array): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there?.size === content.length) return;
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID()}`;
  const handle = await open(beside, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

async function readArtifact(file: string, digest: string): Promise<Uint8Array | null> {
  const content = await readFile(file).catch(() => null);
  if (content === null || sha256(content) === digest) return content;
  throw new PortcullisError({
    code: "artifact.damaged",
    kind: "environment",
    message: `the content kept as ${digest} has another digest`,
    remedy: "restore the state folder from a copy; do not trust this artifact",
  });
}

export function refuseLarge(bytes: number, name: string): void {
  if (bytes <= limits.artifactBytes) return;
  throw new PortcullisError({
    code: "artifact.too-large",
    kind: "undecided",
    message: `'${name}' has ${bytes} bytes; an artifact has at most ${limits.artifactBytes}`,
    remedy: "deliver less, or keep it out of the artifacts",
  });
}
