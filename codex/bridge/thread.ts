import type { AppServer } from "./app-server.ts";
import type { ThreadSettings } from "./tools.ts";
import { createTranslator, type Translator } from "./translate/translator.ts";

/** How many calls may wait for one thread. */
const maxWaiting = 16;

/** The call that a thread works for, and what the thread's messages mean to it. */
export interface CallListener {
  /** The tool call's id in MCP. */
  readonly requestId: string | number;
  readonly signal: AbortSignal;
  /** The thread that it is about, once that is known. */
  threadId: string | null;
  event(event: { id: string; msg: Record<string, unknown> }): void;
  raw(method: string, params: unknown): void;
}

/** One Codex thread as the bridge knows it. */
export interface BridgeThread {
  readonly id: string;
  /** What it is resumed with. */
  settings: ThreadSettings;
  /** The server that has it, or null; one that has died has nothing. */
  loadedBy: AppServer | null;
  readonly translator: Translator;
  /** Null between calls. */
  call: CallListener | null;
  /** The turn that runs, or null. */
  turnId: string | null;
  /** Sees every notification of the thread, for the turn that waits for its end. */
  watch: ((method: string, params: unknown) => void) | null;
  /** Runs one after another what is given; the queue is bounded (`ThreadBusy`). */
  enqueue<T>(work: () => Promise<T>): Promise<T>;
}

/** Too many calls wait for the thread already. */
export class ThreadBusy extends Error {
  constructor(threadId: string) {
    super(`thread ${threadId} has ${maxWaiting} calls waiting already; wait for one of them to end`);
    this.name = "ThreadBusy";
  }
}

export function createThread(id: string, settings: ThreadSettings): BridgeThread {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    id,
    settings,
    loadedBy: null,
    translator: createTranslator(id),
    call: null,
    turnId: null,
    watch: null,
    async enqueue(work) {
      if (waiting >= maxWaiting) throw new ThreadBusy(id);
      waiting += 1;
      const before = last;
      const mine = before.then(work, work);
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
}
