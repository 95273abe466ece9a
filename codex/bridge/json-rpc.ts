import { z } from "zod";
import { messageOf, PortcullisError } from "../../core/errors.ts";
import type { Launched } from "../launch.ts";
import { readLines } from "../line-reader.ts";
import { splitMessages } from "../split-messages.ts";

const requestTimeoutMs = 60_000;

export interface RpcListeners {
  notification(method: string, params: unknown): void;
  /** What it answers or throws (`RpcError`) is sent back: every request of the server gets an answer. */
  request(method: string, params: unknown): Promise<unknown>;
  unreadable(line: string): void;
}

export interface RequestOptions {
  timeoutMs?: number;
  /** W3C trace context, so that Codex's own spans join a trace. */
  traceparent?: string | undefined;
  /** Called before any later message of the server is read. */
  onResult?: (result: unknown) => void;
}

export interface RpcPeer {
  /** Errors: `RpcError`, `server.no-answer`, and what `fail` was given. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  notify(method: string): void;
  /** Ends every request that waits, and every later one, with this error. */
  fail(error: Error): void;
}

/** An answer of JSON-RPC that is an error. */
export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "RpcError";
    this.code = code;
  }
}

const wireMessage = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
type WireMessage = z.infer<typeof wireMessage>;

interface Waiting {
  settle(message: WireMessage): void;
  reject(error: unknown): void;
}

/** JSON-RPC without the member `jsonrpc`, a message a line, over a child's stdin and stdout. */
export function createRpcPeer(child: Launched, listeners: RpcListeners): RpcPeer {
  const waiting = new Map<number | string, Waiting>();
  let lastId = 0;
  let failure: Error | null = null;
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const tooLong = (): void => void child.end();
  child.stdout.on("data", readLines(receive, tooLong));
  child.stdout.on("error", () => undefined);

  function receive(line: string): void {
    const messages = splitMessages(line);
    if (messages === null) return listeners.unreadable(line);
    for (const value of messages) {
      const parsed = wireMessage.safeParse(value);
      if (parsed.success) take(parsed.data);
      else listeners.unreadable(JSON.stringify(value));
    }
  }

  function take(message: WireMessage): void {
    const { id, method } = message;
    if (method !== undefined && id !== undefined) void answer(id, method, message.params);
    else if (method !== undefined) listeners.notification(method, message.params);
    else if (id !== undefined) waiting.get(id)?.settle(message);
    else listeners.unreadable(JSON.stringify(message));
  }

  async function answer(id: number | string, method: string, params: unknown): Promise<void> {
    try {
      send({ id, result: await listeners.request(method, params) });
    } catch (error) {
      const code = error instanceof RpcError ? error.code : internalError;
      send({ id, error: { code, message: messageOf(error) } });
    }
  }

  function request(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (failure !== null) return Promise.reject(failure);
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timeoutMs = options.timeoutMs ?? requestTimeoutMs;
    const timer = setTimeout(() => reject(noAnswer(method, timeoutMs)), timeoutMs);
    const settle = ({ result, error }: WireMessage): void => {
      if (error !== undefined) return reject(new RpcError(error.code, error.message));
      try {
        options.onResult?.(result);
        resolve(result);
      } catch (problem) {
        reject(problem);
      }
    };
    waiting.set(id, { settle, reject });
    const trace = options.traceparent === undefined ? {} : { trace: { traceparent: options.traceparent } };
    send({ id, method, params, ...trace });
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  }

  return {
    request,
    notify: (method) => send({ method }),
    fail(error) {
      failure = error;
      for (const { reject } of waiting.values()) reject(error);
    },
  };
}

const internalError = -32_603;

function noAnswer(method: string, timeoutMs: number): PortcullisError {
  return new PortcullisError({
    code: "server.no-answer",
    kind: "environment",
    message: `the server did not answer '${method}' within ${timeoutMs} ms`,
    remedy: "check that it is a Codex; try it by hand, and look at the machine's load",
    retryable: true,
  });
}
