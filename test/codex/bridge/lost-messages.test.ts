import { expect, it } from "vitest";
import { proxiedCodex, startBridge } from "../../support/bridge.ts";

const workers = { w: [{ do: { say: "found" } }, { expect: { user: ["again"] }, do: { say: "again" } }] };

it.each([
  ["the end of a turn", ['"turn/completed"'], { graceMs: 100, silenceMs: 50_000 }],
  [
    "the end of a turn and the thread's rest",
    ['"turn/completed"', '"thread/status/changed"'],
    { graceMs: 50_000, silenceMs: 200 },
  ],
] as const)(
  "given an app-server whose word on %s gets lost, then the turn is found to have ended, and the thread takes another",
  async (_, lose, bounds) => {
    const { start, reply, client } = await startBridge({ codex: proxiedCodex({ lose }), bounds, workers });
    const first = await start("w");
    expect(first).toMatchObject({ structuredContent: { content: "found" } });
    expect(first).not.toHaveProperty("isError");
    // The event gets lost with it: nothing is made up.
    expect(client.events().map(({ msg }) => msg.type)).not.toContain("task_complete");
    const { threadId } = first.structuredContent!;
    expect(await reply(threadId, "again")).toMatchObject({ structuredContent: { content: "again" } });
  },
);

it("given a turn that is silent for longer than the bound, then it is asked for and goes on", async () => {
  const { start } = await startBridge({
    bounds: { graceMs: 25, silenceMs: 25 },
    workers: { w: [{ do: { run: "sleep 0.6" } }, { do: { say: "end" } }] },
  });
  expect(await start("w")).toMatchObject({ structuredContent: { content: "end" } });
});

it("given an app-server that prints noise, then that is told and its messages are read", async () => {
  const noise = ["thread 'main' says hello", "", "[1,2]", '{"torn":', "7", '{"id":true}'];
  const unreadable: string[] = [];
  const { start } = await startBridge({
    codex: proxiedCodex({ noise }),
    onUnreadable: (line) => unreadable.push(line),
    workers,
  });
  expect(await start("w")).toMatchObject({ structuredContent: { content: "found" } });
  expect(unreadable).toContain("thread 'main' says hello");
  expect(unreadable).toContain('{"torn":');
});

it.each(["thread/start", "turn/start"])(
  "given an app-server that is overloaded twice at %s, then it is tried again until it is taken",
  async (method) => {
    const { start, script } = await startBridge({
      codex: proxiedCodex({ overload: { method, times: 2 } }),
      workers: { w: [{ do: { say: "fine" } }] },
    });
    expect(await start("w")).toMatchObject({ structuredContent: { content: "fine" } });
    expect(script.report()).toMatchObject({ complete: true });
  },
);

it("given an app-server that stays overloaded, then the call says so", async () => {
  const { start } = await startBridge({
    codex: proxiedCodex({ overload: { method: "turn/start", times: 100 } }),
    workers: {},
  });
  expect(await start("w")).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("too much to do") }],
  });
});
