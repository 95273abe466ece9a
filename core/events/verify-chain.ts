import { digestOf } from "../digest.ts";
import { chainHash, genesisHash, type EventEnvelope } from "./envelope.ts";

/** The first event that does not fit: its place in the log, and what was expected and found. */
export interface ChainBreak {
  sequence: number;
  problem: string;
}

/**
 * Recomputes the hash chain of one run's events, given from the first on. Null where it holds. What follows the last
 * event cannot be known from the chain: a log cut short at its end is still a whole chain.
 */
export function verifyChain(envelopes: readonly EventEnvelope[]): ChainBreak | null {
  let previousHash = genesisHash;
  for (const [index, envelope] of envelopes.entries()) {
    const problem = problemOf(envelope, index + 1, previousHash);
    if (problem !== null) return { sequence: index + 1, problem };
    previousHash = chainHash({ ...envelope, type: envelope.event.type });
  }
  return null;
}

function problemOf(envelope: EventEnvelope, sequence: number, previousHash: string): string | null {
  if (envelope.sequence !== sequence) return `expected sequence ${sequence}, found ${envelope.sequence}`;
  if (envelope.previousHash !== previousHash) {
    return `expected the hash ${previousHash} of the event before, found ${envelope.previousHash}`;
  }
  const digest = digestOf(envelope.event.payload);
  if (envelope.payloadDigest !== digest) {
    return `expected a payload with digest ${envelope.payloadDigest}, found ${digest}`;
  }
  return null;
}
