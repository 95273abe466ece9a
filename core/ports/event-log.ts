import type { EventEnvelope, NewEvent } from "../events/envelope.ts";
import type { Fence } from "./lease.ts";

export interface AppendRequest {
  runId: string;
  /** The sequence of the run's last event as the caller knows it; 0 for a new run. */
  expectedSequence: number;
  events: readonly NewEvent[];
  /** Where given, the append is refused with `lease.lost` unless this fence is the current one. */
  fence?: Fence;
}

/**
 * The domain log, one stream for each run. What `append` returns is durable: it survives the loss of power.
 * Payloads pass the redactor before they are digested or stored. Errors: `log.conflict` (retryable: read and decide
 * again) where another writer was faster, `lease.lost`.
 */
export interface EventLog {
  append(request: AppendRequest): Promise<readonly EventEnvelope[]>;
  /** In order of sequence, those after `after` (0: all), at most `limit` (default: all). Unknown run: empty. */
  read(runId: string, range?: { after?: number; limit?: number }): Promise<readonly EventEnvelope[]>;
}
