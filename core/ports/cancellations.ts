/** Requests to end a run, from any process to the one that drives it. */
export interface Cancellations {
  /** Durable when it resolves. The first request of a run counts. */
  request(runId: string, by: string): Promise<void>;
  /** Who wants the run to end, and since when (ISO 8601); null where nobody does. */
  find(runId: string): Promise<{ by: string; time: string } | null>;
}
