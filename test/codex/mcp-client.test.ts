import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ApprovalRequest } from "../../core/approval.ts";
import { connectFake } from "../support/fake-server.ts";
import { scratchDirectory } from "../support/scratch.ts";

const text = (content: string) => ({ structuredContent: { threadId: "thread-1", content } });

describe("given a server that answers", () => {
  it("when it is connected, then its version and tools are known", async () => {
    const { connection } = await connectFake("none");
    expect(connection.serverVersion).toBe("0.0.1");
    expect(await connection.toolNames()).toEqual(["codex", "codex-reply"]);
  });

  it("when noise stands between its messages, then the noise is kept and the answer comes", async () => {
    const { call, events } = await connectFake("noise");
    expect(await call()).toMatchObject(text("fine"));
    const unreadable = events.filter(({ type }) => type === "unreadable").map(({ payload }) => payload);
    expect(unreadable).toEqual([
      "Welcome!",
      "thread 'main' says hello",
      "[1,2]",
      '{"jsonrpc":"1.0","id":1}',
      '{"torn":',
      "\u0000\u0001",
    ]);
  });

  it("when messages are glued on one line, then each is taken, events before the answer", async () => {
    const { call, events } = await connectFake("glued");
    const seenAtAnswer = call().then(() => events.map(({ type }) => type));
    expect(await seenAtAnswer).toEqual(["token_count", "agent_message"]);
    expect(events[0]).toMatchObject({ threadId: "thread-1", payload: { type: "token_count" } });
  });

  it("when a message comes byte by byte, then it is whole, characters too", async () => {
    const { call, events } = await connectFake("torn");
    expect(await call()).toMatchObject(text("fäin€ 😀"));
    expect(events).toEqual([]);
  });

  it("when a line has 12 MiB, then it is taken", async () => {
    const { call } = await connectFake("long-line");
    const { structuredContent } = await call();
    expect(structuredContent?.content).toHaveLength(12 * 1024 * 1024);
  });

  it("when events are of unknown types, or the app-server's own, then they are kept, and which are no events of Codex's is told", async () => {
    const { call, events } = await connectFake("unknown");
    expect(await call()).toMatchObject(text("fine"));
    expect(events).toEqual([
      {
        threadId: "thread-1",
        type: "brand_new",
        payload: { type: "brand_new", deep: { a: [1] } },
        raw: false,
      },
      { threadId: null, type: "codex/other", payload: { b: 2 }, raw: true },
      { threadId: null, type: "codex/event", payload: { msg: "no object" }, raw: true },
      { threadId: "thread-1", type: "turn/started", payload: { turn: 1 }, raw: true },
      { threadId: null, type: "warning", payload: undefined, raw: true },
      { threadId: null, type: "codex/app-server", payload: { _meta: {} }, raw: true },
    ]);
  });
});

describe("given a server that fails", () => {
  it("when a line has no end, then the call fails with the limit named", async () => {
    const { call } = await connectFake("endless-line");
    await expect(call()).rejects.toMatchObject({
      code: "server.line-too-long",
      message: expect.stringContaining(String(64 * 1024 * 1024)),
    });
  });

  it("when it dies in mid-call, then that is said with its last lines", async () => {
    const { call } = await connectFake("die");
    await expect(call()).rejects.toMatchObject({
      code: "server.died",
      message: "the server ended (exit code 7); it last said: first line | thread panicked | at the end",
      retryable: true,
    });
  });

  it("when it dies and a child of it holds the pipes, then that is said all the same", async () => {
    const { call } = await connectFake("die-with-heir");
    await expect(call()).rejects.toMatchObject({ code: "server.died" });
  });

  it("when it answers and dies, then the answer counts, and the next call fails", async () => {
    const { call } = await connectFake("die-with-last-word");
    expect(await call()).toMatchObject(text("fine"));
    await expect(call()).rejects.toMatchObject({ code: "server.died" });
    await expect(call()).rejects.toMatchObject({ code: "server.died" });
  });

  it("when it closes its ears and lives on, then the next call fails before its deadline", async () => {
    const { call } = await connectFake("deaf");
    expect(await call()).toMatchObject(text("fine"));
    await expect(call()).rejects.toMatchObject({ code: "server.died" });
  });

  it("when it answers with an error that speaks of something closed, then it is an answer", async () => {
    const { call } = await connectFake("say-closed");
    await expect(call()).rejects.toMatchObject({
      code: "server.refused",
      message: expect.stringContaining("stream closed before response.completed"),
    });
  });

  it("when its answer has another shape, then it is refused", async () => {
    const { call } = await connectFake("shapeless");
    await expect(call()).rejects.toMatchObject({ code: "server.refused" });
  });

  it("when it never answers 'initialize', then our deadline ends that", async () => {
    await expect(connectFake("mute", { timeoutMs: 50 })).rejects.toMatchObject({
      code: "server.no-answer",
      message: expect.stringContaining("within 50 ms"),
    });
  });

  it("when it dies before it answers 'initialize', then that is said", async () => {
    await expect(connectFake("die-at-once")).rejects.toMatchObject({
      code: "server.died",
      message: expect.stringContaining("exit code 3"),
    });
  });

  it("when it speaks another protocol, then that is said", async () => {
    await expect(connectFake("old-protocol")).rejects.toMatchObject({
      code: "server.no-answer",
      message: expect.stringContaining("1999-01-01"),
    });
  });
});

function toldTo(file: string): { method?: string; params?: unknown; id?: unknown }[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { method?: string });
}

describe("given a server that never answers a call", () => {
  it("when our deadline passes, then the call fails and the server is told", async () => {
    const file = join(scratchDirectory("told"), "log");
    const { call } = await connectFake("silent", { file });
    await expect(call({ timeoutMs: 50 })).rejects.toMatchObject({
      code: "turn.timed-out",
      message: expect.stringContaining("50 ms"),
    });
    await expect.poll(() => toldTo(file).at(-1)?.method).toBe("notifications/cancelled");
  });

  it("when it is cancelled, then the call fails and the server is told which call", async () => {
    const file = join(scratchDirectory("told"), "log");
    const { call } = await connectFake("silent", { file });
    const controller = new AbortController();
    const calling = call({ signal: controller.signal });
    await expect.poll(() => toldTo(file).at(-1)?.method).toBe("tools/call");
    controller.abort();
    await expect(calling).rejects.toMatchObject({ code: "turn.cancelled" });
    await expect
      .poll(() => toldTo(file).at(-1))
      .toMatchObject({
        method: "notifications/cancelled",
        params: { requestId: toldTo(file).find(({ method }) => method === "tools/call")?.id },
      });
  });

  it("when it was cancelled before, then it is never sent", async () => {
    const file = join(scratchDirectory("told"), "log");
    const { call, connection } = await connectFake("silent", { file });
    await expect(call({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "turn.cancelled" });
    await connection.toolNames();
    expect(toldTo(file).map(({ method }) => method)).not.toContain("tools/call");
  });

  it("when its process is killed, then the call fails at once", async () => {
    const { call, child } = await connectFake("silent");
    const calling = call();
    process.kill(child.pid, "SIGKILL");
    await expect(calling).rejects.toMatchObject({
      code: "server.died",
      message: expect.stringContaining("signal SIGKILL"),
    });
  });
});

describe("given a server that asks for approval", () => {
  const answerIn = async ({ call }: Awaited<ReturnType<typeof connectFake>>): Promise<unknown> => {
    const { structuredContent } = await call();
    return JSON.parse(structuredContent?.content ?? "");
  };

  it("when it is approved, then the desk saw all of it and Codex reads the decision", async () => {
    const requests: ApprovalRequest[] = [];
    const fake = await connectFake("ask", {
      approve: (request) => {
        requests.push(request);
        return Promise.resolve({ decision: "approved", by: "somebody", why: "" });
      },
    });
    expect(await answerIn(fake)).toEqual({
      jsonrpc: "2.0",
      id: "elicitation-1",
      result: { action: "accept", content: {}, decision: "approved" },
    });
    expect(requests).toEqual([
      {
        kind: "command",
        message: "Allow it?",
        command: ["bash", "-lc", "touch x"],
        directory: "/work",
        paths: null,
      },
    ]);
  });

  const denied = { result: { action: "decline", decision: { denied: { rejection: expect.any(String) } } } };

  it("when it is never decided, then our deadline denies it", async () => {
    const fake = await connectFake("ask", {
      approve: () => new Promise(() => undefined),
      approvalTimeoutMs: 50,
    });
    expect(await answerIn(fake)).toMatchObject(denied);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("no desk"))],
    [
      "throws",
      () => {
        throw new Error("no desk");
      },
    ],
  ])("when the desk %s, then it is denied, never answered with an error", async (_how, approve) => {
    expect(await answerIn(await connectFake("ask", { approve }))).toMatchObject(denied);
  });

  it("when it asks for something else, then it gets an error and the turn goes on", async () => {
    expect(await answerIn(await connectFake("ask-else"))).toMatchObject({
      error: { message: expect.stringContaining("roots/list") },
    });
  });
});
