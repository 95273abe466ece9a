import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import { portcullis } from "../support/cli.ts";
import { nativeCodex, portcullisBin } from "../support/mcp-process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { git } from "../support/scripted.ts";

/** What looks like the last Codex that served MCP, and is `portcullis mcp-server`. */
function bridgeAsCodex(): string {
  const path = join(scratchDirectory("bridge"), "codex");
  const serve = `exec '${process.execPath}' '${portcullisBin}' mcp-server`;
  const cases = `--version) echo 'codex-cli 0.153.4' ;;\n  mcp-server) ${serve} ;;\n  *) exit 2 ;;`;
  writeFileSync(path, `#!/bin/sh\ncase "$1" in\n  ${cases}\nesac\n`);
  chmodSync(path, 0o755);
  return path;
}

interface Outcome {
  codex: RunView["run"]["codex"];
  /** What does not depend on who speaks with Codex. */
  same: unknown;
}

async function demo(...codex: readonly string[]): Promise<Outcome> {
  const state = ["--state-dir", join(scratchDirectory("demo"), "state")];
  const ran = await portcullis(["demo", ...codex, ...state]);
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  const shown = await portcullis(["show", "latest", "--json", ...state]);
  const { run, stages } = JSON.parse(shown.stdout) as RunView;
  const attempts = stages.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
  const verdicts = attempts.map(({ number, status, gates }) => ({
    number,
    status,
    gates: gates.map(({ name, verdict, exitCode }) => ({ name, verdict, exitCode })),
  }));
  const tree = git(run.repo, "rev-parse", `${run.branch}^{tree}`);
  const { status, usage } = run;
  return { codex: run.codex, same: { status, usage, verdicts, tree } };
}

it("given the demo, then it comes to the same verdicts, usage and tree in process, over the bridge on stdio, and natively", async () => {
  const inProcess = await demo();
  const onStdio = await demo("--codex", bridgeAsCodex());
  const natively = await demo("--codex", nativeCodex);
  expect(inProcess.codex).toMatchObject({ version: "0.169.0", server: "app-server" });
  // As the bridge names itself: by the Codex behind it.
  expect(onStdio.codex).toMatchObject({ version: "0.169.0", server: "mcp-server" });
  expect(natively.codex).toMatchObject({ version: "0.153.4", server: "mcp-server" });
  expect(inProcess.same).toMatchObject({ status: "passed" });
  expect(onStdio.same).toEqual(inProcess.same);
  expect(natively.same).toEqual(inProcess.same);
}, 180_000);
