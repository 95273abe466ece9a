import type { ArtifactStore, StoredArtifact } from "../../core/ports/artifact-store.ts";
import type { Redactor } from "../../core/redaction.ts";
import { artifactContent } from "../artifact-content.ts";

export function createMemoryArtifactStore(redactor: Redactor): ArtifactStore {
  const contents = new Map<string, Uint8Array>();
  const named = new Map<string, (StoredArtifact & { name: string })[]>();
  return {
    put: async (content, { runId, name, mediaType }) => {
      const { bytes, digest } = artifactContent(content, name, redactor);
      contents.set(digest, Uint8Array.from(bytes));
      const artifact = { digest, bytes: bytes.byteLength, mediaType };
      const kept = named.get(runId) ?? [];
      const isKept = kept.some((other) => other.name === name && other.digest === digest);
      if (!isKept) named.set(runId, [...kept, { name, ...artifact }]);
      return artifact;
    },
    get: async (digest) => {
      const bytes = contents.get(digest);
      return bytes === undefined ? null : Uint8Array.from(bytes);
    },
    list: async (runId) => named.get(runId) ?? [],
  };
}
