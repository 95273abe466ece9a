import { sha256 } from "./digest.ts";

/** Ids of a trace follow from those of the log, so that a trace that is rebuilt is the one that was sent. */
export function traceIdOf(runId: string): string {
  return sha256(`trace ${runId}`).slice(0, 32);
}

/** The span that an event opens. */
export function spanIdOf(eventId: string): string {
  return sha256(`span ${eventId}`).slice(0, 16);
}

/** W3C trace context: what a process is given so that its spans are children of that event's. Sampled. */
export function traceparentOf(runId: string, eventId: string): string {
  return `00-${traceIdOf(runId)}-${spanIdOf(eventId)}-01`;
}
