import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serverEnvironment } from "../../codex/server-environment.ts";

describe("given the environment of Portcullis", () => {
  it("when it has secrets, then the server gets the allowed ones and those that its configuration names", () => {
    const environment = {
      PATH: "/bin",
      HOME: "/home/u",
      OPENAI_API_KEY: "key",
      PROXY_KEY: "named",
      AWS_SECRET_ACCESS_KEY: "secret",
      GITHUB_TOKEN: "secret",
      LD_PRELOAD: "/x.so",
      NODE_OPTIONS: "--require x",
      RUST_LOG: undefined,
    };
    const config = { model_providers: { proxy: { env_key: "PROXY_KEY", name: "GITHUB_TOKEN" } } };
    expect(serverEnvironment(environment, config, undefined)).toEqual({
      PATH: "/bin",
      HOME: "/home/u",
      OPENAI_API_KEY: "key",
      PROXY_KEY: "named",
    });
  });

  it.each(["MISSING", "constructor", "toString", 1, null, { env_key: null }])(
    "when the configuration names %j as a key, then nothing is made up",
    (env_key) => {
      expect(serverEnvironment({ PATH: "/bin" }, { p: { env_key } }, undefined)).toEqual({ PATH: "/bin" });
    },
  );
});

describe("given a Codex home", () => {
  it("when it is named, then it goes before the inherited one, as a full path", () => {
    const environment = { CODEX_HOME: "/inherited" };
    expect(serverEnvironment(environment, {}, "/named")).toEqual({ CODEX_HOME: "/named" });
    expect(serverEnvironment(environment, {}, undefined)).toEqual({ CODEX_HOME: "/inherited" });
    expect(serverEnvironment({ CODEX_HOME: "here" }, {}, undefined)).toEqual({
      CODEX_HOME: join(process.cwd(), "here"),
    });
  });

  it("when it is empty, then there is none, as Codex takes it", () => {
    expect(serverEnvironment({ CODEX_HOME: "" }, {}, undefined)).toEqual({});
    expect(serverEnvironment({ CODEX_HOME: "/inherited" }, {}, "")).toEqual({ CODEX_HOME: "/inherited" });
  });
});
