export interface StoredArtifact {
  /** Lower-case hex SHA-256 of the content. */
  digest: string;
  bytes: number;
  mediaType: string;
}

/** Content by digest. Putting the same content twice keeps one copy. Larger than `limits.artifactBytes`: `artifact.too-large`. */
export interface ArtifactStore {
  put(
    content: Uint8Array | string,
    options: { runId: string; name: string; mediaType: string },
  ): Promise<StoredArtifact>;
  /** Null where no such content is kept. Content that no longer matches its digest: `artifact.damaged`. */
  get(digest: string): Promise<Uint8Array | null>;
  list(runId: string): Promise<readonly (StoredArtifact & { name: string })[]>;
}
