import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Script } from "../../replay/script.ts";
import { serveScript, type ScriptServer } from "../../replay/serve-script.ts";

const script: Script = { version: 1, workers: { "a/b#1": [{ do: { say: "hi" } }, { do: { stall: true } }] } };
const prompt = [{ type: "message", role: "user", content: [{ type: "input_text", text: "go" }] }];

async function serve(played: Script = script): Promise<ScriptServer> {
  const server = await serveScript(played);
  onTestFinished(() => server.close());
  return server;
}

function addressOf(server: ScriptServer, worker = "a/b#1"): string {
  return server.configFor(worker).model_providers.script.base_url;
}

const post = (address: string, body: unknown) =>
  fetch(`${address}/responses`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("given a served script", () => {
  it("when a worker asks, then its step is streamed and the report counts it", async () => {
    const server = await serve();
    const response = await post(addressOf(server), { input: prompt });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/response\.created[^]*"hi"[^]*response\.completed/);
    expect(server.report()).toMatchObject({ complete: false, leftOver: { "a/b#1": 1 } });
    expect(server.report().problems).toEqual(["a/b#1: 1 of 2 steps were not asked for"]);
  });

  it.each([
    ["a worker that is not there", "nobody", { input: prompt }, "the script has no such worker"],
    ["a worker named as a member of every object", "constructor", { input: prompt }, "no such worker"],
    ["a body that is not JSON", "a/b#1", "{", "expected JSON"],
    ["a body without input", "a/b#1", {}, "expected JSON with 'input'"],
    ["input that is not a prompt", "a/b#1", { input: [] }, "expected a prompt, found nothing new"],
  ])("when it is asked by %s, then that is refused and in the report", async (_, worker, body, problem) => {
    const server = await serve();
    const response = await post(addressOf(server, worker), body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
    expect(server.report().problems[0]).toContain(`${worker}: `);
    expect(server.report().problems[0]).toContain(problem);
  });

  it("when a request did not match, then the next is refused although it would", async () => {
    const server = await serve();
    await post(addressOf(server), { input: [] });
    const response = await post(addressOf(server), { input: prompt });
    expect(response.status).toBe(400);
    expect(server.report().leftOver).toEqual({ "a/b#1": 2 });
  });

  it("when the address has another token or path, then it is refused and in the report", async () => {
    const server = await serve();
    const { origin } = new URL(addressOf(server));
    for (const path of ["/", "/00/a%2Fb%231/v1", `${new URL(addressOf(server)).pathname}/x`]) {
      expect((await post(origin + path, { input: prompt })).status).toBe(400);
    }
    expect((await fetch(`${addressOf(server)}/models`)).status).toBe(404);
    expect(server.report().problems.filter((problem) => problem.includes("unknown address"))).toHaveLength(3);
  });

  it("when a body is longer than the limit, then it is refused, also to a client that sends all before it reads", async () => {
    const server = await serve();
    const { port, pathname } = new URL(addressOf(server));
    const client = connect(Number(port), "127.0.0.1").pause();
    onTestFinished(() => void client.destroy());
    const bytes = 48 * 1024 * 1024;
    client.write(`POST ${pathname}/responses HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 * bytes}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      client.once("error", reject).write(Buffer.alloc(bytes, "x"), () => resolve());
    });
    expect(server.report().problems[0]).toContain("expected at most 33554432 bytes");
    const [answer] = (await once(client.resume(), "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("when it closes, then a stalled request ends", async () => {
    const server = await serve({ version: 1, workers: { w: [{ do: { stall: true } }] } });
    const stalled = post(addressOf(server, "w"), { input: prompt });
    await expect.poll(() => server.report().leftOver).toEqual({});
    await server.close();
    await expect(stalled).rejects.toThrow("fetch failed");
    expect(server.report().complete).toBe(true);
  });

  it("when a step stalls for a time, then the connection is cut after it", async () => {
    const server = await serve({ version: 1, workers: { w: [{ do: { stall: { forMs: 50 } } }] } });
    await expect(post(addressOf(server, "w"), { input: prompt })).rejects.toThrow("fetch failed");
  });
});

it("given a script that is no script, when it is to be served, then it is refused", async () => {
  const broken = { version: 1, workers: { w: [{ do: [] }] } } as unknown as Script;
  await expect(serveScript(broken)).rejects.toMatchObject({ code: "script.invalid" });
});
