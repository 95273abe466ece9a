import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { PortcullisError } from "../../core/errors.ts";
import type { Launched } from "../launch.ts";
import { serverDied } from "../server-died.ts";
import { createRpcPeer, RpcError, type RequestOptions, type RpcListeners } from "./json-rpc.ts";
import type { InitializeParams } from "./protocol.ts";

/** JSON-RPC's code for a server that has too much to do; the request was not taken. */
const overloaded = -32_001;
const overloadTries = 6;
const firstBackoffMs = 100;
const lastWordsMs = 50;

/** A running `codex app-server`. */
export interface AppServer {
  readonly child: Launched;
  /** From its handshake, e.g. `0.169.0`. */
  readonly version: string;
  readonly alive: boolean;
  /** Tries again, with growing pauses, where the server has too much to do. Errors: `RpcError`, `server.died`, `server.no-answer`. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** Resolves, never rejects, when it has ended: `server.died`, with its last stderr lines. */
  readonly died: Promise<PortcullisError>;
}

const initialized = z.looseObject({ userAgent: z.string() });

/** Shakes hands with a launched `codex app-server`. Errors: `server.died`, `server.no-answer` after `timeoutMs`. */
export async function connectAppServer(
  child: Launched,
  listeners: RpcListeners,
  options: { client: InitializeParams["clientInfo"]; timeoutMs: number },
): Promise<AppServer> {
  const peer = createRpcPeer(child, listeners);
  let alive = true;
  const died = endOf(child).then((error) => {
    alive = false;
    peer.fail(error);
    return error;
  });
  const capabilities = { experimentalApi: true, requestAttestation: false };
  const params: InitializeParams = { clientInfo: options.client, capabilities };
  const answer = await peer.request("initialize", params, { timeoutMs: options.timeoutMs });
  const { data } = initialized.safeParse(answer);
  if (data === undefined) throw noAppServer();
  peer.notify("initialized");
  const { userAgent } = data;
  const version = /^[^/]*\/(\d+\.\d+\.\d+[^ ]*)/.exec(userAgent)?.[1] ?? "unknown";

  async function request(method: string, given: unknown, more: RequestOptions = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await peer.request(method, given, more);
      } catch (error) {
        const again = error instanceof RpcError && error.code === overloaded && attempt < overloadTries;
        if (!again) throw error;
        await delay(firstBackoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }
  return {
    child,
    version,
    request,
    died,
    get alive() {
      return alive;
    },
  };
}

function noAppServer(): PortcullisError {
  return new PortcullisError({
    code: "server.no-answer",
    kind: "environment",
    message: "expected an answer to 'initialize' that names the server, found another",
    remedy: "check that it is a Codex with an app-server; try it by hand",
  });
}

/** What was written before the exit is still read; a descendant that holds the pipe open delays nobody for long. */
async function endOf(child: Launched): Promise<PortcullisError> {
  const how = await child.exited;
  await Promise.race([child.drained, delay(lastWordsMs)]);
  return serverDied(how, child.stderrTail());
}
