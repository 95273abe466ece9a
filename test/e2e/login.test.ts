import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { portcullis } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { repositoryWith } from "../support/scripted.ts";

it("given a Codex without a login, when a run is started, then it ends before it begins, with what to do", async () => {
  const repository = repositoryWith({ "portcullis.yaml": "commands:\n  test: 'true'\n" });
  const state = join(scratchDirectory("state"), "state");
  const env = { CODEX_HOME: scratchDirectory("codex-home"), OPENAI_API_KEY: "sk-not-read-by-codex" };
  const ran = await portcullis(["run", "Do it", "--repo", repository, "--state-dir", state], { env });
  expect(ran).toMatchObject({ exitCode: 4, stdout: "" });
  expect(ran.stderr).toMatch(/^portcullis: .*Not logged in\n {2}→ .*codex login --with-api-key.*\n$/);
  expect(readdirSync(join(state, ".."))).toEqual([]);
});
