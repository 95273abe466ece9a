import type { Status } from "../status.ts";

/** One line about a run; a projection of its log that the store keeps beside it. */
export interface RunSummary {
  id: string;
  goal: string;
  pipeline: string;
  status: Status;
  repository: string;
  branch: string;
  startedAt: string;
  finishedAt: string | null;
}

export interface RunCatalog {
  /** Newest first. */
  list(options?: { limit?: number }): Promise<readonly RunSummary[]>;
  /**
   * An id, a unique prefix of one, or `latest`. Errors: `run.unknown`, `run.ambiguous` (both usage; the message names
   * what was found).
   */
  resolve(reference: string): Promise<RunSummary>;
}
