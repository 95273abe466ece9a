import { describe, expect, it } from "vitest";
import { modelFailure } from "../../codex/model-failure.ts";
import { codexes, playWorker } from "../support/codex-worker.ts";

const provider = (settings: Readonly<Record<string, unknown>>) => ({ model_providers: { script: settings } });
const unknownModel = {
  steps: [{ do: { fail: 400, message: "The requested model 'script-model' does not exist." } }],
  config: provider({ request_max_retries: 0, stream_max_retries: 0 }),
};

describe.each(codexes)("given a Codex by its $server with a setting that is wrong", (on) => {
  it.each([
    ["an unknown provider", { config: { model_provider: "nope" } }, "`nope`", "model_providers.nope"],
    [
      "an old wire",
      { config: provider({ wire_api: "chat" }) },
      '"chat"',
      'model_providers.script.wire_api to "responses"',
    ],
    [
      "a key variable that is not set",
      { config: provider({ env_key: "PORTCULLIS_TEST_UNSET" }) },
      "`PORTCULLIS_TEST_UNSET`",
      "set the variable PORTCULLIS_TEST_UNSET",
    ],
    ["an unknown model", unknownModel, "does not exist", "--model"],
  ])(
    "when it is %s, then the failure is that, in one line, with the setting in its remedy, and is not tried again",
    async (_what, { config, ...more }, says, remedy) => {
      const steps = "steps" in more ? more.steps : [];
      const { turn } = await playWorker({ on, steps: () => steps, codex: { config } });
      const { failure } = await turn();
      expect(failure).toMatchObject({ code: "model.misconfigured", retryable: false });
      expect(failure!.message).toContain(says);
      expect(failure!.message).not.toContain("\n");
      expect(failure!.remedy).toContain(remedy);
    },
  );
});

describe("given what Codex says of a failed turn", () => {
  it.each([
    ['{"error":{"message":"No such model.","code":"model_not_found"}}', "No such model."],
    ["The 'x' model is not supported when using Codex with a ChatGPT account.", "The 'x' model is not"],
    [
      "failed to load configuration: unknown variant `often`, expected one of a, b\nin `x`",
      "unknown variant",
    ],
  ])("when it is a setting, then it is misconfigured: %s", (said, says) => {
    const failure = modelFailure(said);
    expect(failure).toMatchObject({ code: "model.misconfigured", retryable: false });
    expect(failure.message).toContain(says);
    expect(failure.message).not.toContain("\n");
  });

  it("when the key is refused, then the remedy is one that works: Codex reads no OPENAI_API_KEY", () => {
    const failure = modelFailure("unexpected status 401 Unauthorized: no");
    expect(failure).toMatchObject({ code: "model.not-allowed", retryable: false });
    expect(failure.remedy).toMatch(/codex login --with-api-key.*env_key/);
    expect(failure.remedy).not.toContain("OPENAI_API_KEY");
  });

  it.each([
    "exceeded retry limit, last status: 429 Too Many Requests",
    "stream disconnected before completion: the model said nothing, or it was not found in time",
    "the model answered with a tool that does not exist",
    "",
  ])("when it is anything else, then it may be tried again: '%s'", (said) => {
    expect(modelFailure(said)).toMatchObject({ code: "model.failed", retryable: true });
  });
});
