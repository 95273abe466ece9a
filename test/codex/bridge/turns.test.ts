import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { linesOf, proxiedCodex, startBridge, talkativeCodex, threadOf } from "../../support/bridge.ts";
import { recordRequests } from "../../support/record-requests.ts";
import { scratchDirectory } from "../../support/scratch.ts";

it("given a turn that runs, when its app-server is killed, then the call fails at once with its last words, and the thread goes on", async () => {
  const { client, start, reply, children, script } = await startBridge({
    codex: talkativeCodex("these were my last words"),
    workers: {
      w: [
        { do: { stall: true } },
        { expect: { user: ["again"] }, do: { run: "echo on >made" } },
        { do: { say: "on" } },
      ],
    },
  });
  const call = start("w");
  const threadId = await threadOf(client);
  await expect.poll(() => script.report().leftOver).toEqual({ w: 2 });
  const killedAt = performance.now();
  process.kill(children[0]!.pid, "SIGKILL");
  const result = await call;
  const took = performance.now() - killedAt;
  expect(took).toBeLessThan(1000);
  expect(result).toMatchObject({
    isError: true,
    structuredContent: { threadId, content: expect.stringContaining("signal SIGKILL") },
    _meta: { "codex/failure": { code: "server.died", retryable: true } },
  });
  expect(result.content[0]?.text).toContain("these were my last words");
  expect(await reply(threadId, "again")).toMatchObject({ structuredContent: { threadId, content: "on" } });
  expect(children).toHaveLength(2);
  expect(script.report()).toMatchObject({ complete: true });
});

it("given two replies at once on one thread, then they take their turns one after the other, and both are answered", async () => {
  const { client, start, reply } = await startBridge({
    workers: {
      w: [
        { do: { say: "first" } },
        { expect: { user: ["one"] }, do: { run: "sleep 0.2" } },
        { do: { say: "1" } },
        { expect: { user: ["two"] }, do: { say: "2" } },
      ],
    },
  });
  const threadId = (await start("w")).structuredContent!.threadId;
  const results = await Promise.all([reply(threadId, "one"), reply(threadId, "two")]);
  expect(results.map(({ content }) => content[0]?.text)).toEqual(["1", "2"]);
  const order = client.events().map(({ _meta, msg }) => `${_meta.requestId} ${msg.type}`);
  expect(order.indexOf("3 task_complete")).toBeLessThan(order.indexOf("4 task_started"));
});

it("given a thread for which 16 calls wait, when one more comes, then it is refused and the others are not", async () => {
  const { client, start, reply } = await startBridge({ workers: { w: [{ do: { stall: true } }] } });
  void start("w");
  const threadId = await threadOf(client);
  for (let count = 1; count < 16; count += 1) void reply(threadId, "wait");
  expect(await reply(threadId, "one too many")).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("16 calls waiting") }],
    _meta: { "codex/failure": { code: "call.refused", retryable: true } },
  });
});

it("given a turn that runs, when it is interrupted by the tool, then its call ends with that, and the thread takes another", async () => {
  const { client, start, reply, script } = await startBridge({
    workers: { w: [{ do: { stall: true } }, { expect: { user: ["again"] }, do: { say: "fine" } }] },
  });
  const call = start("w");
  const threadId = await threadOf(client);
  await expect.poll(() => script.report().leftOver).toEqual({ w: 1 });
  const interrupted = await client.call("codex-interrupt", { threadId });
  expect(interrupted).toMatchObject({ structuredContent: { threadId, content: "interrupted" } });
  expect(await call).toMatchObject({ isError: true, content: [{ text: "the turn was interrupted" }] });
  expect(client.events().at(-1)?.msg.type).toBe("turn_aborted");
  expect(await client.call("codex-interrupt", { threadId })).toMatchObject({ isError: true });
  expect(await client.call("codex-interrupt", { threadId: "nope" })).toMatchObject({ isError: true });
  expect(await reply(threadId, "again")).toMatchObject({ structuredContent: { content: "fine" } });
});

it("given a schema for the answer, then the model is asked for strict structured output, in this turn alone", async () => {
  const { start, reply, script } = await startBridge({
    workers: { w: [{ do: { say: { n: 1 } } }, { do: { say: { n: 2 } } }, { do: { say: "free" } }] },
  });
  const provider = script.configFor("w").model_providers.script;
  const recorded = await recordRequests(provider.base_url);
  const model_providers = { script: { ...provider, base_url: recorded.base_url } };
  const config = { model_provider: "script", model_providers, features: { shell_snapshot: false } };
  const schema = {
    type: "object",
    properties: { n: { type: "number" } },
    required: ["n"],
    additionalProperties: false,
  };
  const first = await start("w", { config, "output-schema": schema });
  const { threadId } = first.structuredContent!;
  await reply(threadId, "again", { "output-schema": schema });
  await reply(threadId, "freely");
  const format = { type: "json_schema", strict: true, schema };
  expect(recorded.bodies.map((body) => body["text"])).toMatchObject([{ format }, { format }, {}]);
  expect(recorded.bodies[2]?.["text"] ?? {}).not.toHaveProperty("format");
});

it("given a trace context, then the turn is started with it beside its parameters; without one, with none", async () => {
  const log = join(scratchDirectory("log"), "lines");
  const { start } = await startBridge({
    codex: proxiedCodex({ log }),
    workers: { w: [{ do: { say: "1" } }], v: [{ do: { say: "2" } }] },
  });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await start("w", {}, { traceparent });
  await start("v");
  const turns = linesOf(log).filter(({ method }) => method === "turn/start");
  expect(turns).toMatchObject([{ trace: { traceparent }, params: { input: [{ text: "go w" }] } }, {}]);
  expect(turns[0]?.params).not.toHaveProperty("trace");
  expect(turns[1]).not.toHaveProperty("trace");
});

it.each([
  ["that asks for them", { experimental: { "codex/app-server": {} } }, true],
  ["that does not", { elicitation: {} }, false],
] as const)(
  "given a client %s, then the app-server's own notifications come only where they were asked for",
  async (_, capabilities, wanted) => {
    const { client, start } = await startBridge({ capabilities, workers: { w: [{ do: { say: "fine" } }] } });
    const { structuredContent } = await start("w");
    const own = client.notifications("codex/app-server");
    expect(own.length > 0).toBe(wanted);
    if (!wanted) return;
    expect(own).toContainEqual({
      _meta: { requestId: 2, threadId: structuredContent?.threadId },
      method: "turn/completed",
      params: expect.objectContaining({ threadId: structuredContent?.threadId }),
    });
  },
);

it("given a token, then progress is told while something happens and while nothing does; without one, never", async () => {
  const { client, start } = await startBridge({
    heartbeatMs: 50,
    workers: {
      w: [{ do: { run: "sleep 0.5" } }, { do: { say: "end" } }],
      v: [{ do: { run: "sleep 0.2" } }, { do: { say: "end" } }],
    },
  });
  await start("w", {}, { progressToken: "t" });
  const told = client.notifications("notifications/progress");
  expect(told.length).toBeGreaterThan(5);
  expect(told.every(({ progressToken }) => progressToken === "t")).toBe(true);
  const counts = told.map(({ progress }) => progress as number);
  expect(counts).toEqual(counts.map((_, index) => index + 1));
  await start("v");
  expect(client.notifications("notifications/progress")).toHaveLength(told.length);
});

it("given a folder that is none, then the call says so and no thread is started", async () => {
  const { start, client, workTree } = await startBridge({ workers: {} });
  const missing = join(workTree, "missing");
  const message = `found '${missing}', which does not exist`;
  expect(await start("w", { cwd: missing })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining(message) }],
  });
  expect(existsSync(missing)).toBe(false);
  expect(client.events()).toEqual([]);
});
