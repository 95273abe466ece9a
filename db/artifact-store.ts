import { join } from "node:path";
import type { Database } from "better-sqlite3";
import type { ArtifactStore, StoredArtifact } from "../core/ports/artifact-store.ts";
import type { Redactor } from "../core/redaction.ts";
import { artifactContent } from "./artifact-content.ts";
import { artifactFileExists, readArtifactFile, writeArtifactFile } from "./artifact-files.ts";
import { onStore } from "./store-error.ts";

interface ArtifactRow extends StoredArtifact {
  runId: string;
  name: string;
}

/** Content in files by digest, durable before the row that names it. */
export function createArtifactStore(
  database: Database,
  stateDirectory: string,
  redactor: Redactor,
): ArtifactStore {
  const directory = artifactDirectory(stateDirectory);
  const insert = database.prepare<[ArtifactRow]>(
    `INSERT INTO artifacts (run_id, name, digest, bytes, media_type) VALUES (@runId, @name, @digest, @bytes, @mediaType)
    ON CONFLICT (run_id, name, digest) DO NOTHING`,
  );
  return {
    ...createArtifactReading(database, stateDirectory),
    put: async (content, { runId, name, mediaType }) => {
      const { bytes, digest } = artifactContent(content, name, redactor);
      await writeArtifactFile(directory, digest, bytes);
      const artifact = { digest, bytes: bytes.byteLength, mediaType };
      onStore(database, () => insert.run({ runId, name, ...artifact }));
      // An erasure of another run may have taken the file before this row named it.
      if (!artifactFileExists(directory, digest)) await writeArtifactFile(directory, digest, bytes);
      return artifact;
    },
  };
}

/** The half of it that looks. */
export function createArtifactReading(
  database: Database,
  stateDirectory: string,
): Pick<ArtifactStore, "get" | "list"> {
  const directory = artifactDirectory(stateDirectory);
  const select = database.prepare<[string], StoredArtifact & { name: string }>(
    "SELECT name, digest, bytes, media_type AS mediaType FROM artifacts WHERE run_id = ? ORDER BY rowid",
  );
  return {
    get: (digest) => readArtifactFile(directory, digest),
    list: async (runId) => onStore(database, () => select.all(runId)),
  };
}

export function artifactDirectory(stateDirectory: string): string {
  return join(stateDirectory, "artifacts");
}
