import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import type { AppServer } from "./app-server.ts";
import { RpcError } from "./json-rpc.ts";
import type { TurnInterruptParams, TurnStartParams } from "./protocol.ts";
import type { BridgeThread } from "./thread.ts";

/** How a turn ended. `lost`: its end had to be asked for. */
export interface TurnEnd {
  status: "completed" | "interrupted" | "failed";
  /** The last message of the agent, or null. */
  answer: string | null;
  error: string | null;
}

export interface TurnInput {
  prompt: string;
  outputSchema: unknown;
  traceparent: string | undefined;
  signal: AbortSignal;
}

export interface TurnBounds {
  /** From the thread's rest without an end of the turn to asking for it. */
  graceMs: number;
  /** From the last message of the thread to asking how it stands. */
  silenceMs: number;
  /** From an interruption to the end of the turn; then the server is ended. */
  interruptMs: number;
}

export const turnBounds: TurnBounds = { graceMs: 2000, silenceMs: 30_000, interruptMs: 10_000 };

/** So many times in a row the server does not work on the turn, and knows of no end of it: then it is lost. */
const lostAfter = 3;

const messageItem = z.looseObject({ type: z.string(), text: z.string().optional() });
const turnShape = z.looseObject({
  id: z.string(),
  status: z.enum(["completed", "interrupted", "failed", "inProgress"]),
  items: z.array(messageItem).optional(),
  error: z.looseObject({ message: z.string() }).nullish(),
});
type WireTurn = z.infer<typeof turnShape>;
const startedShape = z.looseObject({ turn: z.looseObject({ id: z.string() }) });
const completedShape = z.looseObject({ turn: turnShape });
const statusShape = z.looseObject({ status: z.looseObject({ type: z.string() }) });
const itemShape = z.looseObject({ item: messageItem });
const readShape = z.looseObject({
  thread: z.looseObject({
    status: z.looseObject({ type: z.string() }).optional(),
    turns: z.array(turnShape).optional(),
  }),
});

/**
 * One turn on a thread that is loaded and has no other. An abort of the signal interrupts it. Rejects with `server.died`
 * or what the server answers to the start of the turn; otherwise the outcome is its end.
 */
export async function runTurn(
  server: AppServer,
  thread: BridgeThread,
  input: TurnInput,
  bounds: TurnBounds,
): Promise<TurnEnd> {
  const { promise: ended, resolve } = Promise.withResolvers<TurnEnd>();
  let answer: string | null = null;
  const finish = (turn: WireTurn): void => resolve(endOf(turn, answer));
  const inquire = createInquiry(server, thread);
  const watchdog = createWatchdog(bounds, () => inquire().then((turn) => turn && finish(turn)));

  thread.watch = (method, params) => {
    watchdog.heard();
    if (method === "turn/completed") {
      const parsed = completedShape.safeParse(params);
      if (parsed.success && parsed.data.turn.id === thread.turnId) finish(parsed.data.turn);
    } else if (method === "item/completed") {
      const item = itemShape.safeParse(params).data?.item;
      if (item?.type === "agentMessage") answer = item.text ?? null;
    } else if (method === "thread/status/changed") watchdog.rests(isAtRest(params));
  };
  const interrupt = (): void => {
    watchdog.deadline(bounds.interruptMs, () => void server.child.end());
    void interruptTurn(server, thread);
  };
  try {
    await startTurn(server, thread, input);
    input.signal.addEventListener("abort", interrupt, { once: true });
    if (input.signal.aborted) interrupt();
    return await Promise.race([ended, server.died.then((error) => Promise.reject(error))]);
  } finally {
    input.signal.removeEventListener("abort", interrupt);
    watchdog.stop();
    thread.watch = null;
    thread.turnId = null;
  }
}

async function startTurn(server: AppServer, thread: BridgeThread, input: TurnInput): Promise<void> {
  const params: TurnStartParams = {
    threadId: thread.id,
    input: [{ type: "text", text: input.prompt, text_elements: [] }],
    ...(input.outputSchema === undefined ? {} : { outputSchema: input.outputSchema }),
  };
  await server.request("turn/start", params, {
    traceparent: input.traceparent,
    onResult: (result) => {
      thread.turnId = startedShape.safeParse(result).data?.turn.id ?? null;
    },
  });
}

/** Asks the running turn of a thread to stop; its own end tells when it has. */
export async function interruptTurn(server: AppServer, thread: BridgeThread): Promise<boolean> {
  if (thread.turnId === null) return false;
  const params: TurnInterruptParams = { threadId: thread.id, turnId: thread.turnId };
  // A turn that ended in the meantime cannot be interrupted, and need not be.
  return server.request("turn/interrupt", params).then(
    () => true,
    () => false,
  );
}

/** Asks for the turn as the server remembers it: gives it where it has ended, null while it goes on or cannot be told. */
function createInquiry(server: AppServer, thread: BridgeThread): () => Promise<WireTurn | null> {
  let misses = 0;
  return async () => {
    const { turnId } = thread;
    if (turnId === null) return null;
    try {
      const result = await server.request("thread/read", { threadId: thread.id, includeTurns: true });
      const { status, turns } = readShape.parse(result).thread;
      const turn = turns?.find(({ id }) => id === turnId);
      const goesOn = status?.type === "active" || turn === undefined || turn.status === "inProgress";
      // Seen with 0.169.0: before the thread is active, its turn is read as interrupted, which nobody did.
      misses = goesOn || turn.status !== "interrupted" ? 0 : misses + 1;
      return goesOn || (turn.status === "interrupted" && misses < lostAfter) ? null : turn;
    } catch (error) {
      if (!(error instanceof RpcError)) return null;
      // Seen with 0.169.0: a turn that has just begun cannot be read yet.
      misses = (await isActive(server, thread)) ? 0 : misses + 1;
      if (misses < lostAfter) return null;
      return { id: turnId, status: "failed", error: { message: `the turn is lost: ${messageOf(error)}` } };
    }
  };
}

async function isActive(server: AppServer, thread: BridgeThread): Promise<boolean> {
  const read = server.request("thread/read", { threadId: thread.id, includeTurns: false });
  const result = await read.catch(() => null);
  return readShape.safeParse(result).data?.thread.status?.type === "active";
}

function endOf(turn: WireTurn, seen: string | null): TurnEnd {
  const last = turn.items?.findLast(({ type }) => type === "agentMessage")?.text;
  const status = turn.status === "inProgress" ? "failed" : turn.status;
  return { status, answer: last ?? seen, error: turn.error?.message ?? null };
}

function isAtRest(params: unknown): boolean {
  const type = statusShape.safeParse(params).data?.status.type;
  return type !== undefined && type !== "active";
}

/** Asks after a short grace where the thread is at rest, and whenever nothing was heard for long. */
function createWatchdog(bounds: TurnBounds, ask: () => Promise<unknown>) {
  let resting = false;
  let asking = false;
  let timer = setTimeout(fire, bounds.silenceMs);
  let last: NodeJS.Timeout | undefined;
  function again(): void {
    clearTimeout(timer);
    timer = setTimeout(fire, resting ? bounds.graceMs : bounds.silenceMs);
  }
  function fire(): void {
    if (!asking) {
      asking = true;
      void ask().finally(() => {
        asking = false;
      });
    }
    again();
  }
  return {
    heard(): void {
      if (!resting) again();
    },
    rests(now: boolean): void {
      if (now === resting) return;
      resting = now;
      again();
    },
    deadline(ms: number, act: () => void): void {
      last ??= setTimeout(act, ms);
    },
    stop(): void {
      clearTimeout(timer);
      clearTimeout(last);
    },
  };
}
