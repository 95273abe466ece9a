import { messageOf, PortcullisError } from "../core/errors.ts";
import type { StoredWireEvent, WireEvent, WireLog } from "../core/ports/wire-log.ts";
import type { Redactor } from "../core/redaction.ts";

/** Bounds of what waits to be stored. Beyond them events are dropped and counted. */
export const wireLimits = {
  flushAfterMs: 100,
  batchEvents: 1000,
  queueEvents: 20_000,
  /** Characters of payload, so that few large events do not take all memory. */
  queueCharacters: 64 * 1024 * 1024,
} as const;

/** A wire event, redacted, with its payload as JSON. */
export interface QueuedWireEvent extends Omit<WireEvent, "payload"> {
  payload: string;
}

export interface WireStorage {
  redactor: Redactor;
  /** Stores all of a batch or throws. */
  write(batch: readonly QueuedWireEvent[]): void;
  read(
    runId: string,
    range: { after: number; limit: number },
  ): readonly (QueuedWireEvent & { position: number })[];
  /** Told of the first event that could not be stored, and of no other; `counts` tells how many. */
  onError(error: unknown): void;
}

/**
 * A wire log that stores in batches. A batch that cannot be stored waits in the queue for the next try, until the queue
 * is full; what cannot be stored by `flush` either is dropped. `record` never throws.
 */
export function createBatchedWireLog(storage: WireStorage): WireLog {
  let queue: QueuedWireEvent[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let told = false;
  const counts = { stored: 0, dropped: 0 };

  const tell = (error: unknown): void => {
    if (told) return;
    told = true;
    storage.onError(error);
  };
  const storeBatch = (): boolean => {
    const batch = queue.slice(0, wireLimits.batchEvents);
    try {
      storage.write(batch);
    } catch (error) {
      tell(error);
      return false;
    }
    queue = queue.slice(batch.length);
    characters -= charactersOf(batch);
    counts.stored += batch.length;
    return true;
  };
  const schedule = (): void => {
    if (queue.length > 0) timer ??= setTimeout(onTime, wireLimits.flushAfterMs).unref();
    if (timer !== undefined && queue.length >= wireLimits.batchEvents) soon ??= setImmediate(onTime);
  };
  const onTime = (): void => {
    stopWaiting();
    if (queue.length === 0 || storeBatch()) schedule();
    // After a failure only the timer tries again: a failing disk is not asked at every turn of the loop.
    else timer = setTimeout(onTime, wireLimits.flushAfterMs).unref();
  };
  const stopWaiting = (): void => {
    clearTimeout(timer);
    clearImmediate(soon);
    timer = undefined;
    soon = undefined;
  };

  const typeOf = rememberedTypes(storage.redactor);
  return {
    record: (event) => {
      const queued = prepare(event, { redactor: storage.redactor, typeOf, tell });
      if (queued === null || isFull(queue.length, characters + queued.payload.length)) {
        counts.dropped += 1;
        if (queued !== null) tell(fullQueue());
        return;
      }
      queue.push(queued);
      characters += queued.payload.length;
      schedule();
    },
    flush: async () => {
      stopWaiting();
      while (queue.length > 0) {
        if (storeBatch()) continue;
        counts.dropped += queue.length;
        queue = [];
        characters = 0;
      }
    },
    read: createWireReading((runId, range) => storage.read(runId, range)).read,
    counts: () => ({ ...counts }),
  };
}

/** The half of a wire log that looks. */
export function createWireReading(read: WireStorage["read"]): Pick<WireLog, "read"> {
  return {
    read: async (runId, range = {}) =>
      read(runId, { after: range.after ?? 0, limit: range.limit ?? -1 }).map(asStored),
  };
}

function isFull(events: number, characters: number): boolean {
  return events >= wireLimits.queueEvents || characters > wireLimits.queueCharacters;
}

function charactersOf(batch: readonly QueuedWireEvent[]): number {
  return batch.reduce((sum, { payload }) => sum + payload.length, 0);
}

/** The wire has few names for its events, and each is redacted once; who sends ever new ones is not remembered. */
function rememberedTypes(redactor: Redactor): (type: string) => string {
  const known = new Map<string, string>();
  return (type) => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const redacted = redactor.text(type);
    if (known.size < mostTypes) known.set(type, redacted);
    return redacted;
  };
}

const mostTypes = 1000;

function prepare(
  event: WireEvent,
  tools: { redactor: Redactor; typeOf: (type: string) => string; tell: (error: unknown) => void },
): QueuedWireEvent | null {
  const { redactor, typeOf, tell } = tools;
  try {
    const { runId, attemptId, threadId, time } = event;
    const payload = redactor.json(event.payload) ?? "null";
    return { runId, attemptId, threadId, time, type: typeOf(event.type), payload };
  } catch (error) {
    tell(
      new PortcullisError({
        code: "wire.unstorable",
        kind: "defect",
        message: `expected a wire event that is JSON, found one that is not (${messageOf(error)})`,
        remedy: "report it with the event's type and the version of Codex",
        cause: error,
      }),
    );
    return null;
  }
}

function asStored(row: QueuedWireEvent & { position: number }): StoredWireEvent {
  return { ...row, payload: JSON.parse(row.payload) as unknown };
}

function fullQueue(): PortcullisError {
  const { queueEvents, queueCharacters } = wireLimits;
  return new PortcullisError({
    code: "wire.full",
    kind: "environment",
    message: `expected at most ${queueEvents} wire events or ${queueCharacters} characters to wait for the disk, found more: the rest is dropped`,
    remedy: "use a faster disk for the state directory; the run itself loses nothing",
  });
}
