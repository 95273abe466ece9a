import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locateSandboxTools } from "../../codex/locate.ts";
import { requireLogin } from "../../codex/login.ts";
import { fakeCodex } from "../support/fake-server.ts";
import { nativeCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

const refused = { code: "codex.not-logged-in", kind: "environment" };

function given(path: string, config: Readonly<Record<string, unknown>> = {}, toml = "") {
  const codexHome = scratchDirectory("codex-home");
  if (toml !== "") writeFileSync(join(codexHome, "config.toml"), toml);
  const { PATH = "" } = process.env;
  // Neither counts: Codex's built-in provider reads no key from its environment.
  const env = { PATH, HOME: codexHome, CODEX_HOME: codexHome, OPENAI_API_KEY: "sk-x", CODEX_API_KEY: "sk-x" };
  return { codexHome, env, ask: () => requireLogin({ path, env, codexHome, config: { ...config } }) };
}

describe.each([
  ["the bundled Codex", () => locateSandboxTools().codex],
  ["Codex 0.153.4", () => nativeCodex],
])("given %s", (_name, path) => {
  it("when nobody has logged in, then that is said with both ways to do it", async () => {
    const { ask, codexHome } = given(path());
    await expect(ask()).rejects.toMatchObject({
      ...refused,
      message: `expected a Codex with a login in ${codexHome}, found: Not logged in`,
      remedy: expect.stringMatching(/codex login.*codex login --with-api-key/),
    });
  });

  it("when somebody has, then nothing is said", async () => {
    const { ask, env } = given(path());
    execFileSync(path(), ["login", "--with-api-key"], { env, input: "sk-test-1234567890\n", stdio: "pipe" });
    await ask();
  });

  it("when its login cannot be read, then that is said", async () => {
    const { ask, codexHome } = given(path());
    writeFileSync(join(codexHome, "auth.json"), "{bad");
    await expect(ask()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("Error checking"),
    });
  });
});

describe("given nobody has logged in", () => {
  const current = () => locateSandboxTools().codex;
  const own = '[model_providers.mine]\nname = "mine"\nbase_url = "http://127.0.0.1:1/v1"\n';

  it.each([
    ["on the command line", { model_provider: "mine" }, own],
    ["in config.toml", {}, `model_provider = "mine"\n${own}`],
    ["in a profile", {}, `profile = "p"\n${own}[profiles.p]\nmodel_provider = "mine"\n`],
    ["in a profile that is chosen", { profile: "p" }, `${own}[profiles.p]\nmodel_provider = "mine"\n`],
    ["as another address", { openai_base_url: "http://127.0.0.1:1/v1" }, ""],
  ])("when another provider is set %s, then nobody asks", async (_where, config, toml) => {
    await given(current(), config, toml).ask();
  });

  it.each([
    ["no other is set", {}, own],
    [
      "the command line sets the built-in one",
      { model_provider: "openai" },
      `model_provider = "mine"\n${own}`,
    ],
  ])("when %s, then it is refused", async (_what, config, toml) => {
    await expect(given(current(), config, toml).ask()).rejects.toMatchObject(refused);
  });

  it("when a Codex does not know the question, then it is no refusal", async () => {
    await given(
      fakeCodex("none", 'if [ "$1" = login ]; then echo "error: no such command" >&2; exit 2; fi'),
    ).ask();
    await given("/nonexistent/codex").ask();
  });
});
