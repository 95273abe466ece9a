import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startBridge, type StartedBridge } from "../../support/bridge.ts";
import { decide, type Answer } from "../../support/raw-client.ts";
import { scratchDirectory } from "../../support/scratch.ts";

async function ask(
  answer: Answer,
  options: { approvalTimeoutMs?: number; exitCode?: number | null } = {},
): Promise<StartedBridge & { file: string }> {
  const { approvalTimeoutMs = 20_000, exitCode = null } = options;
  const file = join(scratchDirectory("outside"), "made");
  const bridge = await startBridge({
    approvalTimeoutMs,
    workers: {
      w: [
        { do: { ask: `touch ${file}`, why: "it is needed" } },
        { expect: { exitCode }, do: { say: "end" } },
      ],
    },
  });
  bridge.client.answerWith(() => answer);
  return { ...bridge, file };
}

it.each<[string, Answer]>([
  ["an error", { error: { code: -32_603, message: "no" } }],
  ["an empty result", { result: {} }],
  ["nonsense", { result: { action: 7, content: "yes", decision: ["approved"] } }],
  ["a decision that is none", { result: { action: "accept", decision: "sure" } }],
  ["a refusal", decide("denied")],
])("given a client that answers with %s, then it is denied and the turn goes on", async (_, answer) => {
  const { start, file, script, client } = await ask(answer);
  expect(await start("w")).toMatchObject({ structuredContent: { content: "end" } });
  expect(client.elicitations()).toHaveLength(1);
  expect(existsSync(file)).toBe(false);
  expect(script.report()).toMatchObject({ complete: true });
});

it.each<[string, Answer]>([
  ["never answers", null],
  ["answers with what is no result in MCP", { result: "approved" }],
])(
  "given a client that %s, then after the deadline it is denied, a late yes changes nothing, and the turn goes on",
  async (_, answer) => {
    const { start, file, script, client } = await ask(answer, { approvalTimeoutMs: 300 });
    expect(await start("w")).toMatchObject({ structuredContent: { content: "end" } });
    const asked = client.messages.find(({ method }) => method === "elicitation/create");
    client.respond(asked?.id, { result: { decision: "approved" } });
    expect(await client.request("ping", {})).toMatchObject({ result: {} });
    expect(existsSync(file)).toBe(false);
    expect(script.report()).toMatchObject({ complete: true });
  },
);

it("given a client that aborts instead of deciding, then the turn is interrupted", async () => {
  const { start, file } = await ask(decide("abort"));
  expect(await start("w")).toMatchObject({ isError: true, content: [{ text: "the turn was interrupted" }] });
  expect(existsSync(file)).toBe(false);
});

it("given a call that is cancelled while it asks, then it is denied and the thread takes another turn", async () => {
  const file = join(scratchDirectory("outside"), "made");
  const { client, start, reply } = await startBridge({
    workers: {
      w: [
        { do: { ask: `touch ${file}`, why: "it is needed" } },
        { expect: { exitCode: null }, do: { say: "fine" } },
      ],
    },
  });
  client.answerWith(() => null);
  void start("w");
  const asked = await client.saw(({ method }) => method === "elicitation/create");
  client.cancel();
  const aborted = await client.saw(
    ({ params }) => (params?.["msg"] as { type?: string } | undefined)?.type === "turn_aborted",
  );
  expect(client.messages.indexOf(aborted)).toBeGreaterThan(client.messages.indexOf(asked));
  const { threadId } = asked.params as { threadId: string };
  expect(await reply(threadId, "again")).toMatchObject({ structuredContent: { content: "fine" } });
  expect(existsSync(file)).toBe(false);
});

it("given a client that never said that it can be asked, then it is asked all the same, as by the old server", async () => {
  const file = join(scratchDirectory("outside"), "made");
  const { client, start } = await startBridge({
    capabilities: {},
    workers: { w: [{ do: { ask: `touch ${file}`, why: "it is needed" } }, { do: { say: "end" } }] },
  });
  client.answerWith(() => decide("approved"));
  expect(await start("w")).toMatchObject({ structuredContent: { content: "end" } });
  expect(existsSync(file)).toBe(true);
});

it("given a yes, then it is done", async () => {
  const { start, file } = await ask(decide("approved"), { exitCode: 0 });
  expect(await start("w")).toMatchObject({ structuredContent: { content: "end" } });
  expect(existsSync(file)).toBe(true);
});
