import type { CallListener } from "./thread.ts";

/** What a client names among its experimental capabilities to get the app-server's notifications as they are. */
export const rawNotifications = "codex/app-server";

/** At least this long between two notices of progress. */
const progressEveryMs = 250;

/** What the SDK hands to a tool call. */
export interface ToolExtra {
  signal: AbortSignal;
  requestId: string | number;
  _meta?: { progressToken?: string | number; traceparent?: unknown };
}

export interface CallClient {
  /** A notice of progress comes at least so often, while nothing happens too. */
  heartbeatMs: number;
  wantsRaw: boolean;
  notify(method: string, params: unknown): Promise<void>;
}

export interface ToolCall extends CallListener {
  readonly traceparent: string | undefined;
  end(): void;
}

/** One tool call, as a listener that sends what happens on to the client. */
export function createCall(extra: ToolExtra, { wantsRaw, heartbeatMs, notify }: CallClient): ToolCall {
  const { requestId, signal, _meta } = extra;
  const send = (method: string, params: unknown): void =>
    // A client that is gone is told by its connection.
    void notify(method, params).catch(() => undefined);
  const progress = createProgress(_meta?.progressToken, heartbeatMs, send);
  return {
    requestId,
    signal,
    threadId: null,
    traceparent: typeof _meta?.traceparent === "string" ? _meta.traceparent : undefined,
    event({ id, msg }) {
      send("codex/event", { _meta: { requestId, threadId: this.threadId }, id, msg });
      progress.tell(String(msg["type"]));
    },
    raw(method, params) {
      if (wantsRaw) send(rawNotifications, { _meta: { requestId, threadId: this.threadId }, method, params });
    },
    end: progress.stop,
  };
}

/** `notifications/progress` where the client gave a token: its own time-out starts anew with each. */
function createProgress(
  progressToken: string | number | undefined,
  heartbeatMs: number,
  send: (method: string, params: unknown) => void,
): { tell(message: string): void; stop(): void } {
  if (progressToken === undefined) return { tell: () => undefined, stop: () => undefined };
  let progress = 0;
  let lastAt = 0;
  let message = "started";
  const notify = (): void => {
    progress += 1;
    lastAt = Date.now();
    send("notifications/progress", { progressToken, progress, message });
  };
  const heartbeat = setInterval(notify, heartbeatMs);
  return {
    tell(what) {
      message = what;
      if (Date.now() - lastAt >= progressEveryMs) notify();
    },
    stop: () => clearInterval(heartbeat),
  };
}
