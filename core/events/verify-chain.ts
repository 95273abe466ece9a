import { canonicalJson, sha256 } from "../digest.ts";
import { chainHash, genesisHash, type EventEnvelope } from "./envelope.ts";

/** An event as the chain sees it: its payload as the text that was digested, or null where it was erased. */
export interface ChainLink extends Omit<EventEnvelope, "event"> {
  type: string;
  payload: string | null;
}

/** The first event that does not fit. */
export interface ChainBreak {
  /** Where the chain breaks: the place that the event should have. */
  sequence: number;
  /** The event that was changed, as far as its neighbours tell; null where none stands in that place. */
  culprit: { sequence: number; id: string | null };
  expected: string;
  found: string;
}

export interface ChainReport {
  events: number;
  erased: number;
  /** Of the last event, or the genesis hash. Kept elsewhere it shows later that nothing before it was changed or cut off. */
  headHash: string;
  broken: ChainBreak | null;
}

/** Where the log should end, from elsewhere. */
export interface ChainEnd {
  sequence: number;
  /** Null where only the sequence is known. */
  hash: string | null;
}

/**
 * Recomputes the hash chain of one run's events, given from the first on. A payload may be missing where a later
 * `run.erased`, itself whole, says so. What follows the last event cannot be known from the chain: a log cut short at its
 * end is still a whole chain, unless `end` tells.
 */
export function readChain(
  links: Iterable<ChainLink>,
  end: ChainEnd | null = null,
  onHash?: (hash: string) => void,
): ChainReport {
  let previous: ChainLink | null = null;
  let previousHash = genesisHash;
  let broken: ChainBreak | null = null;
  let doubtful: ChainBreak | null = null;
  let count = 0;
  const erased: ChainLink[] = [];
  let erasedThrough = 0;
  for (const link of links) {
    count += 1;
    // The event after tells whether the one that did not fit was changed, or the one before it.
    if (doubtful !== null && previous !== null && link.previousHash !== previousHash)
      blame(doubtful, previous);
    doubtful = null;
    const problem = problemOf(link, { sequence: count, previous, previousHash });
    if (broken === null && problem !== null) {
      broken = problem;
      if (problem.culprit.sequence === count - 1) doubtful = problem;
    }
    if (link.payload === null) erased.push(link);
    else if (problem === null) erasedThrough = Math.max(erasedThrough, tombstoneOf(link));
    previous = link;
    previousHash = chainHash(link);
    onHash?.(previousHash);
  }
  if (doubtful !== null && previous !== null && end !== null && end.hash !== previousHash) {
    blame(doubtful, previous);
  }
  const unsaid = erased.find(({ sequence }) => sequence > erasedThrough);
  const first = earlier(broken, unsaid === undefined ? null : erasedInSilence(unsaid));
  return {
    events: count,
    erased: erased.length,
    headHash: previousHash,
    broken: first ?? problemOfEnd(previous, { count, hash: previousHash }, end),
  };
}

/** `readChain` of events as they are read. Null where the chain holds. */
export function verifyChain(envelopes: readonly EventEnvelope[]): ChainBreak | null {
  const links = envelopes.map(({ event, ...envelope }): ChainLink => {
    return { ...envelope, type: event.type, payload: canonicalJson(event.payload) };
  });
  return readChain(links).broken;
}

interface Place {
  sequence: number;
  previous: ChainLink | null;
  previousHash: string;
}

function problemOf(link: ChainLink, { sequence, previous, previousHash }: Place): ChainBreak | null {
  const own = { sequence: link.sequence, id: link.id };
  if (link.sequence !== sequence) {
    // One that follows by its hash had another number; else those between are missing.
    const id = link.previousHash === previousHash || link.sequence < sequence ? link.id : null;
    return breakAt(sequence, { sequence, id }, `event ${sequence} here`, `event ${link.sequence}`);
  }
  if (link.previousHash !== previousHash) {
    const culprit = previous === null ? own : { sequence: previous.sequence, id: previous.id };
    const said = `the hash ${link.previousHash} of event ${sequence - 1}, as event ${sequence} has it`;
    return breakAt(sequence, culprit, said, `hash ${previousHash}`);
  }
  if (link.payload === null) return null;
  const digest = sha256(link.payload);
  if (link.payloadDigest === digest) return null;
  return breakAt(sequence, own, `a payload with digest ${link.payloadDigest}`, `digest ${digest}`);
}

/** The last event whose payload a tombstone allows to be missing; 0 for any other event. */
function tombstoneOf({ type, payload, sequence }: ChainLink): number {
  if (type !== "run.erased" || payload === null) return 0;
  const { through } = JSON.parse(payload) as { through?: unknown };
  return typeof through === "number" ? Math.min(through, sequence - 1) : 0;
}

function erasedInSilence({ sequence, id, payloadDigest }: ChainLink): ChainBreak {
  const expected = `a payload with digest ${payloadDigest}, or a later run.erased that says why not`;
  return breakAt(sequence, { sequence, id }, expected, "no payload");
}

function problemOfEnd(
  last: ChainLink | null,
  { count, hash }: { count: number; hash: string },
  end: ChainEnd | null,
): ChainBreak | null {
  if (end === null) return null;
  if (count !== end.sequence) {
    const place = { sequence: Math.min(count, end.sequence) + 1, id: count > end.sequence ? last?.id : null };
    const culprit = { sequence: place.sequence, id: place.id ?? null };
    return breakAt(
      place.sequence,
      culprit,
      `a log that ends at event ${end.sequence}`,
      `its end at ${count}`,
    );
  }
  if (last === null || end.hash === null || end.hash === hash) return null;
  const culprit = { sequence: last.sequence, id: last.id };
  return breakAt(last.sequence, culprit, `the hash ${end.hash}, as the list of runs has it`, `hash ${hash}`);
}

function blame(doubtful: ChainBreak, { sequence, id }: ChainLink): void {
  doubtful.culprit = { sequence, id };
}

function earlier(a: ChainBreak | null, b: ChainBreak | null): ChainBreak | null {
  if (a === null || b === null) return a ?? b;
  return a.sequence <= b.sequence ? a : b;
}

function breakAt(
  sequence: number,
  culprit: ChainBreak["culprit"],
  expected: string,
  found: string,
): ChainBreak {
  return { sequence, culprit, expected, found };
}
