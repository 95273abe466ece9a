/** What Codex emitted, structure kept. Secrets are redacted before it is stored. */
export interface WireEvent {
  runId: string;
  attemptId: string;
  threadId: string | null;
  /** ISO 8601, UTC. */
  time: string;
  /** The wire's own name for it, e.g. `exec_command_end`; `unreadable` for a line that is no JSON. */
  type: string;
  payload: unknown;
}

export interface StoredWireEvent extends WireEvent {
  /** Grows by one for each event of the run, from 1. */
  position: number;
}

/**
 * Batched: `record` returns at once, and the event is stored within 100 ms or 1,000 events. `flush` stores what waits;
 * `counts` tells what was stored and what could not be.
 */
export interface WireLog {
  record(event: WireEvent): void;
  flush(): Promise<void>;
  read(runId: string, range?: { after?: number; limit?: number }): Promise<readonly StoredWireEvent[]>;
  counts(): { stored: number; dropped: number };
}
