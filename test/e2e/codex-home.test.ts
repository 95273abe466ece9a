import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runScripted } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { accept, done, plan, repositoryWith, script, task } from "../support/scripted.ts";

it("given a login of Codex, then no command of a gate or of setup reads it", async () => {
  const codexHome = scratchDirectory("codex-login");
  const login = join(codexHome, "auth.json");
  writeFileSync(login, '{"OPENAI_API_KEY":"sk-canary"}');
  const hidden = `! cat ${login} && ! ls ${codexHome}`;
  const repository = repositoryWith({
    "src/a.txt": "a\n",
    "portcullis.yaml": JSON.stringify({ setup: hidden, commands: { test: hidden } }),
  });
  const played = script({
    "plan/plan#1": [plan(task())],
    "execute/work#1": [{ write: "src/a.txt", content: "b\n" }, done()],
    "verify/verify#1": [accept],
  });
  const ran = await runScripted(played, ["Write b", "--repo", repository], {
    env: { CODEX_HOME: codexHome },
  });
  expect(ran.stdout).toMatch(/gate command:test {2}passed/);
  expect(ran.exitCode).toBe(0);
});
