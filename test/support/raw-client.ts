import { setTimeout as delay } from "node:timers/promises";

/** A message of JSON-RPC, as it came. */
export interface Message {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

/** What a client answers an elicitation with; null: nothing, ever. */
export type Answer = { result: unknown } | { error: { code: number; message: string } } | null;
export type Answers = (params: Record<string, unknown>, count: number) => Answer;

export interface CallResult {
  content: { type: string; text: string }[];
  structuredContent?: { threadId: string; content: string };
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

export interface CodexEvent {
  _meta: { requestId: number | string; threadId: string | null };
  id: string;
  msg: { type: string } & Record<string, unknown>;
}

/** MCP spoken by hand: nothing is checked, dropped or timed out on the way. */
export interface RawClient {
  /** Gives the whole answer, be it a result or an error. */
  request(method: string, params?: unknown): Promise<Message>;
  notify(method: string, params?: unknown): void;
  /** A call of a tool; throws where the answer is no result. */
  call(name: string, args: unknown, meta?: Record<string, unknown>): Promise<CallResult>;
  /** Takes back the last request. */
  cancel(): void;
  lastId(): number;
  /** Answers a request of the server, however late. */
  respond(id: number | string | undefined, answer: Exclude<Answer, null>): void;
  initialize(capabilities?: Record<string, unknown>): Promise<Message>;
  /** All that came, in order. */
  messages: readonly Message[];
  notifications(method: string): Record<string, unknown>[];
  events(requestId?: number): CodexEvent[];
  elicitations(): Record<string, unknown>[];
  /** Waits until a message is there. */
  saw(matches: (message: Message) => boolean): Promise<Message>;
  /** Takes what the server sent. */
  receive(message: Message): void;
  /** Decides about the elicitations from here on. */
  answerWith(answers: Answers): void;
}

export const decide = (decision: string): Answer => ({
  result: { action: decision.startsWith("approved") ? "accept" : "decline", content: {}, decision },
});

export function createRawClient(send: (message: unknown) => void): RawClient {
  const waiting = new Map<number, (message: Message) => void>();
  const messages: Message[] = [];
  let answers: Answers = () => decide("denied");
  let asked = 0;
  let lastId = 0;

  function request(method: string, params?: unknown): Promise<Message> {
    lastId += 1;
    const id = lastId;
    const { promise, resolve } = Promise.withResolvers<Message>();
    waiting.set(id, resolve);
    send({ jsonrpc: "2.0", id, method, params });
    return promise;
  }

  const notify = (method: string, params?: unknown): void => send({ jsonrpc: "2.0", method, params });
  const notifications = (method: string): Record<string, unknown>[] =>
    messages.filter((message) => message.method === method).map(({ params }) => params ?? {});
  const events = (requestId?: number): CodexEvent[] =>
    (notifications("codex/event") as unknown as CodexEvent[]).filter(
      ({ _meta }) => requestId === undefined || _meta.requestId === requestId,
    );

  return {
    request,
    notify,
    messages,
    notifications,
    events,
    elicitations: () => notifications("elicitation/create"),
    lastId: () => lastId,
    respond: (id, answer) => send({ jsonrpc: "2.0", id, ...answer }),
    cancel: () => notify("notifications/cancelled", { requestId: lastId }),
    answerWith: (given) => {
      answers = given;
    },
    async call(name, args, meta) {
      const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
      const { result, error } = await request("tools/call", params);
      if (result === undefined) throw new Error(`an error instead of a result: ${error?.message}`);
      return result as unknown as CallResult;
    },
    async initialize(capabilities = { elicitation: {} }) {
      const clientInfo = { name: "portcullis-test", version: "1" };
      const answer = await request("initialize", { protocolVersion: "2025-06-18", capabilities, clientInfo });
      notify("notifications/initialized");
      return answer;
    },
    async saw(matches) {
      for (;;) {
        const found = messages.find(matches);
        if (found !== undefined) return found;
        await delay(5);
      }
    },
    receive(message) {
      messages.push(message);
      if (message.method === "elicitation/create") {
        const answer = answers(message.params ?? {}, asked);
        asked += 1;
        if (answer !== null) send({ jsonrpc: "2.0", id: message.id, ...answer });
      } else if (message.method === undefined && typeof message.id === "number") {
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
      }
    },
  };
}
