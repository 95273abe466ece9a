import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { addUsage } from "../../core/usage.ts";
import { parseScript } from "../../replay/read-script.ts";
import type { Script, Step } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";
import { startRawMcp, type RawMcp, type RawMcpOptions } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

const usage = { inputTokens: 100, cachedInputTokens: 20, outputTokens: 10, reasoningTokens: 3 };

async function serve(script: Script): Promise<ScriptServer> {
  const server = await serveScript(script);
  onTestFinished(() => server.close());
  return server;
}

async function codex(
  server: ScriptServer,
  worker = "w",
  more: Partial<RawMcpOptions> & { provider?: Readonly<Record<string, unknown>> } = {},
): Promise<RawMcp> {
  const { provider, ...options } = more;
  const { model_provider, model_providers } = server.configFor(worker);
  const script = { ...model_providers.script, ...provider };
  const config = { model_provider, model_providers: { script } };
  const client = await startRawMcp({ config, model: server.model, ...options });
  onTestFinished(() => client.end());
  return client;
}

/** A worker `w` with these steps, on a Codex of its own. */
async function play(...steps: readonly Step[]): Promise<{ server: ScriptServer; client: RawMcp }> {
  const server = await serve({ version: 1, usage, workers: { w: [...steps] } });
  return { server, client: await codex(server) };
}

describe("given a script and a real Codex", () => {
  it("when it says, then the turn ends with that, in every turn of the thread", async () => {
    const { server, client } = await play(
      { expect: { user: ["first"] }, do: { say: "one" } },
      { expect: { user: ["second"] }, do: { say: { n: 2 } } },
    );
    const first = await client.start("the first prompt");
    expect(first).toMatchObject({ text: "one", failed: false });
    expect(await client.reply(first.threadId, "the second prompt")).toMatchObject({ text: '{"n":2}' });
    expect(server.report()).toMatchObject({ complete: true, problems: [], leftOver: {} });
  });

  it("when it runs commands, then their exit codes and outputs are matched", async () => {
    const { server, client } = await play(
      { do: { run: "echo fine" } },
      { expect: { output: ["fine\n"] }, do: { run: "echo bad; exit 3" } },
      { expect: { exitCode: 3, output: ["bad"] }, do: { say: "end" } },
    );
    expect(await client.start("go")).toMatchObject({ text: "end" });
    expect(server.report().problems).toEqual([]);
  });

  it("when it writes, replaces, deletes and patches, then the files are so", async () => {
    const { server, client } = await play(
      {
        do: [
          { write: "src/a b.txt", content: "one\n two\n\nthree" },
          { write: "empty", content: "" },
          { write: "gone", content: "x" },
        ],
      },
      { do: [{ replace: "src/a b.txt", from: " two\n", to: " TWO\n  and more" }, { delete: "gone" }] },
      { do: { patch: "*** Begin Patch\n*** Update File: empty\n@@\n-nope\n+x\n*** End Patch" } },
      { expect: { patch: "failed", output: ["verification failed"] }, do: { write: "empty", content: "" } },
      { do: { say: "end" } },
    );
    expect(await client.start("go")).toMatchObject({ text: "end" });
    expect(server.report().problems).toEqual([]);
    const read = (path: string) => readFileSync(join(client.workTree, path), "utf8");
    expect(read("src/a b.txt")).toBe("one\n TWO\n  and more\n\nthree\n");
    expect(read("empty")).toBe("");
    expect(existsSync(join(client.workTree, "gone"))).toBe(false);
  });

  it("when something else comes out than it expects, then the turn fails at once and says so", async () => {
    const { server, client } = await play(
      { do: { run: "exit 4" } },
      { do: { say: "all fine" } },
      { do: { say: "more" } },
    );
    const turn = await client.start("go");
    expect(turn).toMatchObject({ failed: true });
    expect(turn.text).toContain("w: step 2: expected exit code 0, found 4");
    expect(server.report().problems).toEqual([
      expect.stringContaining("w: step 2: expected exit code 0, found 4"),
      "w: 2 of 3 steps were not asked for",
    ]);
    expect(server.report()).toMatchObject({ complete: false, leftOver: { w: 2 }, usage });
  });
});

it("given two workers, when both play at once, then each has its own address, steps and usage", async () => {
  const steps = (name: string): Step[] => [
    { expect: { user: [name] }, do: { run: `echo ${name}` } },
    {
      expect: { output: [name] },
      do: { say: name },
      usage: { ...usage, inputTokens: name === "a" ? 1000 : 2000 },
    },
  ];
  const workers = { "execute/a#1": steps("a"), "execute/b#1": steps("b") };
  const server = await serve({ version: 1, usage, workers });
  const texts = ["a", "b"].map(async (name) => {
    const client = await codex(server, `execute/${name}#1`);
    const { text } = await client.start(`prompt for ${name}`);
    const counted = client.events.findLast(({ type }) => type === "token_count");
    return { text, counted: counted?.["info"] };
  });
  const counts = (inputTokens: number) => ({
    total_token_usage: expect.objectContaining({
      input_tokens: inputTokens,
      cached_input_tokens: 40,
      output_tokens: 20,
      reasoning_output_tokens: 6,
    }),
  });
  expect(await Promise.all(texts)).toMatchObject([
    { text: "a", counted: counts(1100) },
    { text: "b", counted: counts(2100) },
  ]);
  const report = server.report();
  expect(report.complete).toBe(true);
  expect(report.usageByWorker["execute/a#1"]).toEqual(addUsage(usage, { ...usage, inputTokens: 1000 }));
  expect(report.usage).toEqual({
    inputTokens: 3200,
    cachedInputTokens: 80,
    outputTokens: 40,
    reasoningTokens: 12,
  });
});

describe("given a script that asks", () => {
  it.each(["approved", "denied"] as const)(
    "when that is %s, then the next step sees what came of it",
    async (decision) => {
      const file = join(scratchDirectory("outside"), "made");
      const expected =
        decision === "approved" ? { output: ["made it"] } : { exitCode: null, output: ["Rejected"] };
      const server = await serve({
        version: 1,
        workers: {
          w: [
            { do: { ask: `touch '${file}' && echo made it`, why: "I need it" } },
            { expect: expected, do: { say: "end" } },
          ],
        },
      });
      const client = await codex(server, "w", { decision });
      expect(await client.start("go")).toMatchObject({ text: "end", failed: false });
      expect(client.elicitations).toMatchObject([{ codex_elicitation: "exec-approval" }]);
      expect(existsSync(file)).toBe(decision === "approved");
      expect(server.report().problems).toEqual([]);
    },
  );
});

describe("given a script whose server fails", () => {
  it("when it is 429, then the turn fails without another try, and a fresh thread goes on", async () => {
    const { server, client } = await play(
      { do: { fail: 429, message: "slow down" } },
      { expect: { user: ["again"] }, do: { say: "fine" } },
    );
    const turn = await client.start("go");
    expect(turn).toMatchObject({ failed: true, text: expect.stringContaining("429") });
    expect(server.report().leftOver).toEqual({ w: 1 });
    expect(await client.start("again")).toMatchObject({ text: "fine", failed: false });
    expect(server.report()).toMatchObject({ complete: true, usage });
  });

  it("when it is 500, and the stream is cut, then Codex brings the same again and goes on", async () => {
    const { server, client } = await play(
      { do: { run: "echo once" } },
      { expect: { output: ["once"] }, do: { fail: 500 } },
      { expect: { output: ["once"] }, do: { cut: true } },
      { expect: { output: ["once"] }, do: { say: "fine" } },
    );
    expect(await client.start("go")).toMatchObject({ text: "fine", failed: false });
    expect(server.report()).toMatchObject({ complete: true, usage: addUsage(usage, usage) });
    expect(client.events.filter(({ type }) => type === "exec_command_begin")).toHaveLength(1);
  });

  it("when the provider may not try again, then the first failure ends the turn", async () => {
    const failing = [1, 2, 3].map((): Step => ({ do: { fail: 503 } }));
    const server = await serve({
      version: 1,
      workers: { none: failing, some: failing.concat({ do: { fail: 503 } }) },
    });
    const provider = { request_max_retries: 0, stream_max_retries: 0 };
    const none = await codex(server, "none", { provider });
    expect(await none.start("go")).toMatchObject({ failed: true });
    expect(server.report().leftOver).toMatchObject({ none: 2 });
    const some = await codex(server, "some", { provider: { request_max_retries: 1, stream_max_retries: 1 } });
    expect(await some.start("go")).toMatchObject({ failed: true });
    expect(server.report().leftOver).toEqual({ none: 2 });
    expect(server.report().problems).toEqual(["none: 2 of 3 steps were not asked for"]);
  });

  it("when it stalls, then it waits for the client to leave, and a fresh thread goes on", async () => {
    const { server, client } = await play(
      { do: { stall: true } },
      { expect: { user: ["again"] }, do: { say: "fine" } },
    );
    void client.start("go");
    await expect.poll(() => server.report().leftOver).toEqual({ w: 1 });
    await client.cancel();
    // Not a reply: at once after a cancellation this server now and then leaves one without its answer.
    expect(await client.start("again")).toMatchObject({ text: "fine", failed: false });
    expect(server.report()).toMatchObject({ complete: true, usage });
  });

  it.each([{ empty: true as const }, { refuse: "I will not" }])(
    "when the model gives %o, then the turn ends without text",
    async (action) => {
      const { server, client } = await play({ do: action });
      expect(await client.start("go")).toMatchObject({ text: "" });
      expect(server.report()).toMatchObject({ complete: true, usage });
    },
  );
});

it("given the example of docs/scripts.md, when it is played, then it is complete", async () => {
  const doc = readFileSync(join(import.meta.dirname, "..", "..", "docs", "scripts.md"), "utf8");
  const example = /```yaml\n([^]*?)```/.exec(doc)?.[1] ?? "";
  const server = await serve(parseScript(example, "docs/scripts.md"));
  const worker = await codex(server, "execute/greet#1");
  const { text } = await worker.start("Write a greeting");
  expect(JSON.parse(text)).toMatchObject({ taskId: "greet" });
  const verifier = await codex(server, "verify/verify#1");
  expect(JSON.parse((await verifier.start("Look")).text)).toMatchObject({ verdict: "accept" });
  expect(server.report()).toMatchObject({ complete: true, problems: [] });
  expect(server.report().usage.inputTokens).toBe(100 * 5 + 200);
});
