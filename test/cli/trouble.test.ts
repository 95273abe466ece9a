import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { atMostEvery30s, troubleLine } from "../../cli/trouble.ts";
import { serveScript } from "../../replay/serve-script.ts";
import { runScripted } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { repositoryWith, script } from "../support/scripted.ts";

const bin = join(import.meta.dirname, "../../bin/portcullis.mjs");
const files = { "portcullis.yaml": "commands:\n  test: 'true'\n" };
const busy = { do: { fail: 503 as const, message: "busy" } };
const planning = script({ "plan/plan#1": [busy, busy, busy], "plan/plan#2": [busy, busy, busy] });
const retries = ["request_max_retries=0", "stream_max_retries=2"].map(
  (setting) => `model_providers.script.${setting}`,
);

it("given a line of trouble, when it is shown, then it names the attempt and no control character acts", () => {
  const trouble = { kind: "trouble", text: "Reconnecting... 2/5\u001b[2J\nmore" } as const;
  expect(troubleLine("execute/x#1", trouble)).toBe("execute/x#1: Reconnecting… 2/5[2J");
  expect(troubleLine("execute/x#1", { kind: "message", text: "hello" })).toBeNull();
});

it("given trouble again and again, when time goes by, then one notice comes in 30 s", () => {
  const seen: string[] = [];
  let now = 5;
  const tell = atMostEvery30s(
    (text) => seen.push(text),
    () => now,
  );
  for (; now < 61_000; now += 1000) tell(`at ${now}`);
  expect(seen).toEqual(["at 5", "at 30005", "at 60005"]);
});

describe("given a model that is busy", () => {
  it.each([[[]], [["--json"]]])(
    "when a run goes on without a terminal (%j), then one notice says so",
    async (more) => {
      const config = retries.flatMap((setting) => ["--codex-config", setting]);
      const ran = await runScripted(planning, ["Do it", "--repo", repositoryWith(files), ...config, ...more]);
      expect(ran.exitCode).toBe(6);
      expect(ran.stderr).toBe("portcullis: plan/plan#1: Reconnecting… 1/2\n");
    },
  );

  it("when it goes on in a terminal, then the line that lives says so", async () => {
    const server = await serveScript(planning);
    const settings = Object.entries(server.config.model_providers.script).map(
      ([key, value]) => `model_providers.script.${key}="${value}"`,
    );
    const config = ['model_provider="script"', ...settings, ...retries].map(
      (setting) => `--codex-config '${setting}'`,
    );
    const state = scratchDirectory("state");
    const line = `stty cols 200 rows 40; ${process.execPath} ${bin} run Go --repo ${repositoryWith(files)} --state-dir ${state} --model ${server.model} ${config.join(" ")}`;
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME, TERM: "xterm", CODEX_HOME: scratchDirectory("codex-home") };
    const child = spawn("script", ["-qec", line, "/dev/null"], { env, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    await server.close();
    expect(output).toContain("… plan/plan#1: Reconnecting… 1/2");
    expect(output).toContain("… plan/plan#1: Reconnecting… 2/2");
    expect(output).not.toContain("portcullis: plan/plan#1");
  });
});
