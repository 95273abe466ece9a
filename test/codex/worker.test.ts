import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { promptWithSchema } from "../../codex/schema-prompt.ts";
import { addUsage, noUsage } from "../../core/usage.ts";
import { codexes, playWorker, usage } from "../support/codex-worker.ts";
import { processesWith } from "../support/processes.ts";

const say = (text: string) => ({ do: { say: text } });

/** What each kind says of a turn on its own wire. */
const bounds = {
  "mcp-server": ["session_configured", "task_started", "task_complete"],
  "app-server": ["turn/started", "item/completed", "turn/completed"],
};

describe.each(codexes)("on $server", (on) => {
  describe("given a real Codex", () => {
    it("when it has two turns, then they are one thread, and each has its own answer and usage", async () => {
      const { turn, server, activities, types } = await playWorker({
        on,
        steps: () => [
          { expect: { user: ["first"] }, do: { run: "echo hello" } },
          { expect: { output: ["hello"] }, do: { say: "one" } },
          { expect: { user: ["second"] }, do: { say: "two" }, usage: { ...usage, inputTokens: 7 } },
        ],
      });
      const first = await turn("the first");
      expect(first).toMatchObject({ answer: "one", failure: null, usage: addUsage(usage, usage) });
      const second = await turn("the second");
      expect(second).toEqual({
        threadId: first.threadId,
        answer: "two",
        failure: null,
        usage: { ...usage, inputTokens: 7 },
      });
      expect(first.threadId).toMatch(/^[0-9a-f-]{36}$/);
      expect(server.report()).toMatchObject({ complete: true, problems: [] });
      expect(activities.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["command-started", "command-ended", "message", "usage"]),
      );
      expect(types).toEqual(expect.arrayContaining(bounds[on.server]));
    });

    it("when the model refuses the key, then that is said with a remedy, as nothing to try again", async () => {
      const refusal = { do: { fail: 401, message: "wrong key" } };
      const { turn } = await playWorker({
        on,
        steps: () => [refusal, refusal],
        codex: { config: { model_providers: { script: { request_max_retries: 0, stream_max_retries: 0 } } } },
      });
      expect(await turn()).toMatchObject({
        answer: null,
        usage: noUsage,
        failure: {
          code: "model.not-allowed",
          retryable: false,
          remedy: expect.stringContaining("codex login"),
        },
      });
    });

    const spent = { answer: null, usage: noUsage, failure: { code: "worker.spent", retryable: true } };

    it("when a turn has failed, then the next one gets no answer that belongs to another", async () => {
      const { turn, server } = await playWorker({
        on,
        steps: () => [say("one"), { do: { fail: 429, message: "slow down" } }, say("never")],
      });
      expect(await turn()).toMatchObject({ answer: "one" });
      expect(await turn()).toMatchObject({
        answer: null,
        failure: { code: "model.failed", message: expect.stringContaining("429"), retryable: true },
      });
      expect(await turn()).toMatchObject(spent);
      expect(server.report().leftOver).toEqual({ "execute/t#1": 1 });
    });

    it("when nothing comes from the model, then our deadline ends the turn, and with it the thread", async () => {
      const { turn, worker, codexHome } = await playWorker({
        on,
        steps: () => [{ do: { stall: true } }],
      });
      expect(await turn("go", { timeoutMs: 1000 })).toMatchObject({
        answer: null,
        failure: { code: "turn.timed-out", message: expect.stringContaining("1000 ms"), retryable: true },
      });
      expect(await turn()).toMatchObject(spent);
      await worker.end();
      expect(processesWith(codexHome)).toEqual([]);
    });

    it("when it is killed in mid-turn, then the turn fails, and what was used before counts", async () => {
      const { turn, worker, workTree } = await playWorker({
        on,
        steps: () => [{ do: { run: "touch begun; sleep 300" } }, say("never")],
      });
      const running = turn();
      await expect.poll(() => existsSync(join(workTree, "begun")), { timeout: 30_000 }).toBe(true);
      const killed = performance.now();
      process.kill(worker.pid, "SIGKILL");
      expect(await running).toMatchObject({
        answer: null,
        failure: { code: "server.died", message: expect.stringContaining("SIGKILL"), retryable: true },
      });
      expect(performance.now() - killed).toBeLessThan(2000);
      expect(await turn("again")).toMatchObject(spent);
    });

    it("when it is cancelled in mid-turn, then the turn fails and the command is over after the end", async () => {
      const { turn, worker, workTree } = await playWorker({
        on,
        steps: () => [{ do: { run: "touch begun; exec sleep 3141592" } }, say("never")],
      });
      const controller = new AbortController();
      const running = turn("go", { signal: controller.signal });
      await expect.poll(() => existsSync(join(workTree, "begun")), { timeout: 30_000 }).toBe(true);
      controller.abort();
      expect(await running).toMatchObject({ answer: null, failure: { code: "turn.cancelled" } });
      await worker.end();
      expect(processesWith("sleep\x003141592")).toEqual([]);
    });
  });

  it("given a schema of the answer, when a turn is taken, then the model has it: in the prompt, or as structured output", async () => {
    const answerSchema = {
      type: "object",
      properties: { n: { type: "string", minLength: 1 } },
      required: ["n"],
      additionalProperties: false,
    };
    const bodies: string[] = [];
    const { turn } = await playWorker({
      on,
      asked: (body) => void bodies.push(JSON.stringify(body)),
      steps: () => [{ expect: { user: ["go"] }, do: { say: { n: "x" } } }, { do: { say: "free" } }],
    });
    expect(await turn("go", { answerSchema })).toMatchObject({ answer: '{"n":"x"}' });
    expect(await turn("on")).toMatchObject({ answer: "free" });
    const { text, input } = JSON.parse(bodies[0] ?? "") as { text?: object; input: unknown[] };
    const last = JSON.stringify(input.at(-1));
    if (on.server === "mcp-server") {
      expect(text).not.toHaveProperty("format");
      expect(last).toContain(JSON.stringify(promptWithSchema("go", answerSchema)));
    } else {
      const schema = { ...answerSchema, properties: { n: { type: "string" } } };
      expect(text).toMatchObject({ format: { type: "json_schema", strict: true, schema } });
      expect(last).not.toContain("additionalProperties");
    }
    expect(bodies[1]).not.toContain("json_schema");
  });

  it("given a worker that leaves a daemon behind, when it is ended, then that is over and writes nothing more", async () => {
    const { turn, worker, root, workTree } = await playWorker({
      on,
      steps: ({ workTree: place }) => [
        {
          do: {
            run: `(setsid bash -c 'while :; do echo x >> ${place}/late; sleep 0.01; done' &) ; sleep 0.3`,
          },
        },
        say("done"),
      ],
    });
    expect(await turn()).toMatchObject({ answer: "done" });
    await worker.end();
    expect(processesWith(root)).toEqual([]);
    expect(readFileSync(join(workTree, "late"), "utf8")).not.toBe("");
    expect(await worker.end()).toBeDefined();
  });

  it("given a command that asks to leave the sandbox, when that is approved, then it is held all the same", async () => {
    const held = { exitCode: 3, output: ["Read-only file system", "denied"] };
    const refused = { exitCode: null, output: ["Rejected"] };
    const { turn, requests, root, types } = await playWorker({
      on,
      decision: "approved",
      steps: ({ root: place, codexHome }) => [
        { do: { ask: `touch ${place}/made; cat ${codexHome}/auth.json; exit 3`, why: "I need it" } },
        { expect: on.server === "mcp-server" ? held : refused, do: { say: "done" } },
      ],
    });
    expect(await turn()).toMatchObject({ answer: "done", failure: null });
    expect(requests).toMatchObject([{ kind: "command", command: expect.any(Array) }]);
    expect(types.includes("portcullis/approval-withheld")).toBe(on.server === "app-server");
    expect(readdirSync(root)).not.toContain("made");
  });

  it.each(["write", "read-only"] as const)(
    "given a worker with access '%s' that patches what it may not, when that is approved, then it is held all the same",
    async (access) => {
      const { turn, requests, root, types } = await playWorker({
        on,
        decision: "approved",
        request: () => ({ access }),
        steps: ({ root: place }) => [
          { do: { patch: `*** Begin Patch\n*** Add File: ${place}/made\n+x\n*** End Patch` } },
          { expect: { patch: "failed" }, do: { say: "done" } },
        ],
      });
      await turn();
      expect(requests).toMatchObject([{ kind: "patch", paths: [join(root, "made")] }]);
      expect(types).toContain("portcullis/approval-withheld");
      expect(readdirSync(root)).not.toContain("made");
    },
  );

  it("given a worker that asks for approval, when it is denied, then nothing has happened", async () => {
    const { turn, requests, root } = await playWorker({
      on,
      steps: ({ root: place }) => [
        { do: { ask: `touch ${place}/made`, why: "I need it" } },
        { expect: { exitCode: null, output: ["Rejected"] }, do: { say: "done" } },
      ],
    });
    expect(await turn()).toMatchObject({ answer: "done", failure: null });
    expect(requests).toHaveLength(1);
    expect(readdirSync(root)).not.toContain("made");
  });
});
