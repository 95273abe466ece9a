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
  /** When what the run said was erased; goal, repository and branch are empty then. Null where it was not. */
  erasedAt: string | null;
}

export interface RunCatalog {
  /** Newest first; those that were erased only where asked for. */
  list(options?: { limit?: number; erased?: boolean }): Promise<readonly RunSummary[]>;
  /**
   * An id, a unique prefix of one, or `latest` of those that were not erased. Errors: `run.unknown`, `run.ambiguous` (both usage; the message names
   * what was found).
   */
  resolve(reference: string): Promise<RunSummary>;
}
