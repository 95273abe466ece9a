import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { PortcullisError } from "../core/errors.ts";
import type { Launched } from "./launch.ts";
import { maxLineBytes, readLines } from "./line-reader.ts";
import { splitMessages } from "./split-messages.ts";

const lastWordsMs = 50;

/**
 * MCP over a launched child's stdin and stdout. The SDK's own stdio transport starts the process itself (in our group),
 * closes at a line over 10 MiB and drops messages glued on one line; this one does not. `unreadable` gets each line
 * that is no message.
 */
export function childTransport(child: Launched, unreadable: (line: string) => void): Transport {
  const transport: Transport = {
    start: () => {
      child.stdout.on("data", readLines(receive, overflow));
      child.stdout.on("error", fail);
      void child.exited.then(lastWords).then(closed);
      return Promise.resolve();
    },
    send: (message: JSONRPCMessage) =>
      new Promise((resolve, reject) => {
        child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => {
      child.stdin.end();
      closed();
      return Promise.resolve();
    },
  };
  let open = true;

  /** What was written before the exit is still read; a descendant that holds the pipe open delays nobody for long. */
  function lastWords(): Promise<void> {
    return new Promise((resolve) => {
      if (child.stdout.readableEnded) return resolve();
      child.stdout.once("end", resolve);
      setTimeout(resolve, lastWordsMs).unref();
    });
  }

  function receive(line: string): void {
    const messages = splitMessages(line);
    if (messages === null) return unreadable(line);
    for (const message of messages) {
      if (isMessage(message)) transport.onmessage?.(message);
      else unreadable(JSON.stringify(message));
    }
  }

  function overflow(bytes: number): void {
    fail(
      new PortcullisError({
        code: "server.line-too-long",
        kind: "undecided",
        message: `the server sent a line of more than ${maxLineBytes} bytes (${bytes} so far)`,
        remedy: "nothing: this worker's attempt fails; have it print less",
        retryable: true,
      }),
    );
    closed();
  }

  function fail(error: Error): void {
    transport.onerror?.(error);
  }

  function closed(): void {
    if (!open) return;
    open = false;
    transport.onclose?.();
  }
  return transport;
}

/** Enough to tell a message from noise; the SDK checks the rest of it by what it is an answer to. */
function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== "object" || value === null || !("jsonrpc" in value) || value.jsonrpc !== "2.0")
    return false;
  return ("method" in value && typeof value.method === "string") || "id" in value;
}
