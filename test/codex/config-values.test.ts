import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configForWorker, holdConfig, mergeConfig, parseConfigValues } from "../../codex/config-values.ts";
import { PortcullisError } from "../../core/errors.ts";

describe("given KEY=VALUE pairs", () => {
  it.each([
    ["model_provider=local", { model_provider: "local" }],
    ["a.b.c = 3", { a: { b: { c: 3 } } }],
    ["a=true", { a: true }],
    ["a=", { a: "" }],
    ["a=b=c", { a: "b=c" }],
    ["a=[1, 2]", { a: [1, 2] }],
    ['a={x = "y"}', { a: { x: "y" } }],
    ['projects."/home/me".trust_level=untrusted', { projects: { "/home/me": { trust_level: "untrusted" } } }],
    ["url=http://127.0.0.1:1/v1?x=1#part", { url: "http://127.0.0.1:1/v1?x=1#part" }],
    ['a=it\'s a "text"', { a: 'it\'s a "text"' }],
  ])("when it is %s, then it is read as Codex would", (pair, expected) => {
    expect(parseConfigValues([pair])).toEqual(expected);
  });

  it("when the value is any text, then it is a value of that key alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(Object.keys(parseConfigValues([`a.b=${text}`]))).toEqual(["a"]);
        const quoted = `!${text.trim()}!`;
        expect(parseConfigValues([`a.b=${quoted}`])).toEqual({ a: { b: quoted } });
      }),
    );
  });

  it("when a value brings a second line, then it sets no second key", () => {
    expect(parseConfigValues(["a=1\nb=2"])).toEqual({ a: "1\nb=2" });
  });

  it("when several speak of one table, then they are merged and the later wins", () => {
    const pairs = ["t.a=1", "t.b=2", "t.a=3", "u=x", "u.v=1"];
    expect(parseConfigValues(pairs)).toEqual({ t: { a: 3, b: 2 }, u: { v: 1 } });
  });

  it.each(["", "=", "=x", "novalue", "a b=1", "a..b=1", ".a=1", 'a"=1', '"\\q"=1', "a\nb=1"])(
    "when it is %j, then it is refused with what was expected",
    (pair) => {
      expect(() => parseConfigValues([pair])).toThrow(
        expect.objectContaining({ code: "codex-config.invalid", kind: "usage" }),
      );
      expect(() => parseConfigValues([pair])).toThrow(PortcullisError);
    },
  );
});

describe("given keys that mean something to JavaScript", () => {
  it.each(["__proto__", "constructor", "toString"])(
    "when one is %s, then it is a key like any other",
    (key) => {
      const config = parseConfigValues([`${key}.polluted=1`, `a.${key}.x=2`, `a.${key}.y=3`]);
      expect(Object.hasOwn(config, key)).toBe(true);
      expect(JSON.parse(JSON.stringify(configForWorker(config, "w")))).toEqual(
        JSON.parse(`{"${key}": {"polluted": 1}, "a": {"${key}": {"x": 2, "y": 3}}}`),
      );
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    },
  );
});

describe("given {worker} in values", () => {
  it("when a worker is named, then each becomes its name, fit for an address", () => {
    const config = {
      url: "http://x/{worker}/v1/{worker}",
      list: ["{worker}", 1],
      deep: { key: "{worker}" },
      n: 1,
    };
    expect(configForWorker(config, "execute/a b#1")).toEqual({
      url: "http://x/execute%2Fa%20b%231/v1/execute%2Fa%20b%231",
      list: ["execute%2Fa%20b%231", 1],
      deep: { key: "execute%2Fa%20b%231" },
      n: 1,
    });
  });

  it("when the name holds signs of replacement, then they are taken as they are", () => {
    expect(configForWorker({ a: "-{worker}-" }, "$&$1")).toEqual({ a: `-${encodeURIComponent("$&$1")}-` });
  });
});

describe("given two configurations", () => {
  it("when they are merged, then neither is changed", () => {
    const base = { t: { a: 1 } };
    const over = { t: { b: 2 }, list: [1] };
    expect(mergeConfig(base, over)).toEqual({ t: { a: 1, b: 2 }, list: [1] });
    expect([base, over]).toEqual([{ t: { a: 1 } }, { t: { b: 2 }, list: [1] }]);
  });

  it("when one holds a worker in its place, then nothing of the other widens that", () => {
    const held = {
      default_permissions: "portcullis",
      permissions: { portcullis: { filesystem: { ":root": "read" }, network: { enabled: false } } },
      shell_environment_policy: { inherit: "none", set: { A: "1" } },
      features: { shell_snapshot: false },
    };
    const own = parseConfigValues([
      "sandbox_mode=danger-full-access",
      "sandbox_workspace_write.network_access=true",
      'permissions.portcullis.filesystem."/"=write',
      "default_permissions=mine",
      "shell_environment_policy.set.KEY=secret",
      "features.shell_snapshot=true",
      "features.other=true",
      "model=m",
    ]);
    expect(holdConfig(own, held)).toEqual({
      ...held,
      features: { shell_snapshot: false, other: true },
      model: "m",
    });
  });
});
