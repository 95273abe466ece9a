import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { expect, it } from "vitest";
import { childTransport } from "../../codex/transport.ts";
import { launchFake } from "../support/fake-server.ts";

async function open(fault: string) {
  const child = await launchFake(fault);
  const noise: string[] = [];
  const transport = childTransport(child, (line) => noise.push(line));
  const messages: JSONRPCMessage[] = [];
  const closed = Promise.withResolvers<void>();
  let closings = 0;
  transport.onmessage = (message) => messages.push(message);
  transport.onclose = () => {
    closings += 1;
    closed.resolve();
  };
  await transport.start();
  const call: JSONRPCMessage = { jsonrpc: "2.0", id: 1, method: "tools/call" };
  return { child, transport, noise, messages, call, closed: closed.promise, closings: () => closings };
}

it("given a server that answers and exits, when it has, then its last word came before the close", async () => {
  const { transport, call, messages, closed, closings } = await open("die-with-last-word");
  await transport.send(call);
  await closed;
  expect(messages).toMatchObject([{ id: 1 }]);
  await transport.close();
  expect(closings()).toBe(1);
});

it("given a server that is gone, when something is sent, then that is an error and not silence", async () => {
  const { child, transport, call, closed } = await open("none");
  await child.end();
  await closed;
  await expect(transport.send(call)).rejects.toThrow(/EPIPE|destroyed|ended|end/);
});

it("given a line without an end, when it passes the limit, then the transport closes once and says why", async () => {
  const { transport, call, closed, closings } = await open("endless-line");
  const errors: Error[] = [];
  transport.onerror = (error) => errors.push(error);
  await transport.send(call);
  await closed;
  expect(errors).toMatchObject([{ code: "server.line-too-long", retryable: true }]);
  expect(closings()).toBe(1);
});
