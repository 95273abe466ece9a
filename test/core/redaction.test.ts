import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createRedactor, secretsOf } from "../../core/redaction.ts";

const plain = createRedactor([]);

/** Put together here, so that no scanner takes the test for a leak. */
const shapes: readonly [string, string][] = [
  ["OpenAI", `sk-${"proj-aB3".repeat(6)}`],
  ["Anthropic", `sk-ant-${"aB3_".repeat(8)}`],
  ["GitHub", `ghp_${"aB3".repeat(12)}`],
  ["GitHub, fine-grained", `github_pat_${"aB3_".repeat(12)}`],
  ["GitLab", `glpat-${"aB3_".repeat(5)}`],
  ["npm", `npm_${"aB3".repeat(12)}`],
  ["AWS", `AKIA${"ABCD".repeat(4)}`],
  ["AWS, for a while", `ASIA${"ABCD".repeat(4)}`],
  ["Google", `AIza${"aB3_-".repeat(7)}`],
  ["Slack", `xoxb-${"123456-".repeat(3)}`],
  ["Stripe", `sk_live_${"aB3".repeat(8)}`],
  ["JSON web token", `eyJ${"aB3".repeat(6)}.${"aB3".repeat(6)}.${"aB_".repeat(6)}`],
];

test.each(shapes)("given a key of the shape of %s, when text holds it, then it is gone", (_name, secret) => {
  expect(plain.text(`a ${secret} b`)).toBe("a [redacted] b");
  expect(plain.text(`KEY="${secret}"\n`)).toBe('KEY="[redacted]"\n');
  expect(plain.text(`https://${secret}@example.org/x`)).toBe("https://[redacted]@example.org/x");
});

test("given a private key, whole or cut off, when text holds it, then nothing of it is left", () => {
  const begin = "-----BEGIN RSA PRIVATE KEY-----";
  expect(plain.text(`a\n${begin}\nabc\n-----END RSA PRIVATE KEY-----\nb`)).toBe("a\n[redacted]\nb");
  expect(plain.text(`a\n${begin}\nabc\ndef`)).toBe("a\n[redacted]");
});

test("given addresses with passwords, when text holds them, then host and user stay and the password is gone", () => {
  expect(plain.text("postgres://me:pa55@db:5432/x")).toBe("postgres://me:[redacted]@db:5432/x");
  expect(plain.text("redis://:pa55@cache")).toBe("redis://:[redacted]@cache");
  expect(plain.text("https://me:p@ss:w@host/x")).toBe("https://me:[redacted]@host/x");
  const innocent = "http://127.0.0.1:8080/a and git@github.com:a/b.git and ssh://git@host/x";
  expect(plain.text(innocent)).toBe(innocent);
});

test("given headers of authorization, when text holds them, then what follows the scheme is gone", () => {
  const token = "abcdefgh.ijklmnop-0123";
  expect(plain.text(`Authorization: Bearer ${token}`)).toBe("Authorization: Bearer [redacted]");
  expect(plain.text("authorization: Basic dXNlcjpwYXNz")).toBe("authorization: Basic [redacted]");
  expect(plain.text('{"Authorization": "Basic dXNlcjpwYXNz"}')).toBe('{"Authorization": "Basic [redacted]"}');
  expect(plain.text("the bearer of this; basic authentication")).toBe(
    "the bearer of this; basic authentication",
  );
});

test("given variables, when their names say secret, then their values are secrets, unless they are short", () => {
  const secret = "0123456789";
  const names = [
    "OPENAI_API_KEY",
    "GITHUB_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "PGPASSWORD",
    "DB_PASS",
    "SSHPASS",
  ];
  const more = ["MYSQL_PWD", "GITHUB_PAT", "token", "my-secret", "NPM_AUTH", "API_KEYS", "SESSION_COOKIE"];
  for (const name of [...names, ...more])
    expect([name, secretsOf({ [name]: secret })]).toEqual([name, [secret]]);
  for (const name of [
    "PATH",
    "HOME",
    "KEYBOARD",
    "GIT_ASKPASS",
    "TOKENIZER",
    "SSH_AUTH_SOCK",
    "MONKEY",
    "COMPASS",
    "PWD",
    "OLDPWD",
  ])
    expect([name, secretsOf({ [name]: secret })]).toEqual([name, []]);
  expect(secretsOf({ TOKEN: "short", SECRET: undefined, PASSWORD: "          " })).toEqual([]);
});

test("given members under secret names, when a value is redacted, then all text under them goes, short and deep", () => {
  const value = {
    password: "pw",
    accessToken: "abc",
    headers: { authorization: "x", "x-api-key": "k", accept: "json" },
    credentials: { user: "u", keys: ["a", { b: "c" }] },
    clientSecret: "",
    inputTokens: 5,
    tokenizer: "bpe",
  };
  expect(plain.value(value)).toEqual({
    password: "[redacted]",
    accessToken: "[redacted]",
    headers: { authorization: "[redacted]", "x-api-key": "[redacted]", accept: "json" },
    credentials: { user: "[redacted]", keys: ["[redacted]", { b: "[redacted]" }] },
    clientSecret: "",
    inputTokens: 5,
    tokenizer: "bpe",
  });
});

test("given secrets as names of members, when a value is redacted, then they are gone and no member is lost", () => {
  const redactor = createRedactor(["0123456789", "abcdefghij"]);
  expect(redactor.value({ "0123456789": 1, abcdefghij: 2, "x 0123456789": 3 })).toEqual({
    "[redacted]": 1,
    "[redacted] 2": 2,
    "x [redacted]": 3,
  });
});

test("given members called __proto__ and constructor, when a value is redacted, then they stay plain members", () => {
  const value: unknown = JSON.parse('{"__proto__": {"a": "0123456789"}, "constructor": "0123456789"}');
  const redacted = createRedactor(["0123456789"]).value(value);
  expect(JSON.stringify(redacted)).toBe('{"__proto__":{"a":"[redacted]"},"constructor":"[redacted]"}');
  expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test("given a secret of several lines and quotes, when it comes as JSON, in JSON, or in an address, then it is gone", () => {
  const secret = 'p"a\\s\ns/w&o rd\n';
  const redactor = createRedactor([secret]);
  const inJson = JSON.stringify({ text: secret });
  for (const text of [secret, secret.trim(), inJson, JSON.stringify({ arguments: inJson })]) {
    expect(redactor.text(text)).toContain("[redacted]");
    expect(redactor.text(text)).not.toContain("w&o");
  }
  expect(redactor.text(`?key=${encodeURIComponent(secret.trim())}&b`)).toBe("?key=[redacted]&b");
});

test("given secrets within each other, when text holds the longer, then nothing of it is left", () => {
  expect(createRedactor(["abcdefgh", "abcdefgh-ijklmnop"]).text("abcdefgh-ijklmnop")).toBe("[redacted]");
});

describe("given any secrets and any value that holds them", () => {
  // A secret made of what stands in its place could not be told from it.
  const secret = fc
    .string({ unit: "grapheme", minLength: 8, maxLength: 20 })
    .filter((text) => text.trim() === text && !/[[\]]/.test(text) && !"redacted".includes(text));
  const holding = (secrets: readonly string[]): fc.Arbitrary<unknown> => {
    const text = fc
      .array(fc.oneof(fc.constantFrom(...secrets), fc.string({ maxLength: 5 })), { maxLength: 4 })
      .map((parts) => parts.join(""));
    return fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        text,
        fc.constantFrom(null, true),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.oneof(text, fc.constantFrom("token", "__proto__", "a")), tie("value"), {
          maxKeys: 3,
        }),
        tie("value").map((value) => JSON.stringify(value)),
      ),
    })).value;
  };
  const world = fc
    .array(secret, { minLength: 1, maxLength: 3 })
    .chain((secrets) => fc.tuple(fc.constant(secrets), holding(secrets)));

  /** Every text of a value, names too. */
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([name, member]) => [name, ...texts(member)]);
  };

  it("then no secret survives, and nothing is changed that was given", () => {
    fc.assert(
      fc.property(world, ([secrets, value]) => {
        const before = JSON.stringify(value);
        const redacted = createRedactor(secrets).value(value);
        for (const text of texts(redacted)) for (const own of secrets) expect(text).not.toContain(own);
        expect(JSON.stringify(value)).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it("then redacting again gives the very same value", () => {
    fc.assert(
      fc.property(world, ([secrets, value]) => {
        const redactor = createRedactor(secrets);
        const once = redactor.value(value);
        expect(redactor.value(once)).toBe(once);
      }),
    );
  });

  it("then a value without any is the same object, and its unchanged parts are shared", () => {
    const value = { a: [{ b: "c" }], n: Number.NaN, deep: { text: "0123456789" } };
    expect(createRedactor(["other-secret"]).value(value)).toBe(value);
    const redacted = createRedactor(["0123456789"]).value(value);
    expect(redacted).not.toBe(value);
    expect(redacted.a).toBe(value.a);
    expect(redacted.deep).toEqual({ text: "[redacted]" });
  });
});

test("given anything with or without secrets, when it is written as JSON, then it is the JSON of the redacted value", () => {
  const secret = 'qu"o\\te\nd-secret';
  const redactor = createRedactor([secret, "plain-secret-1"]);
  const planted = fc.constantFrom(
    secret,
    JSON.stringify({ deep: secret }),
    "plain-secret-1",
    ...shapes.map(([, key]) => key),
    "https://me:pa55word@host/x",
    "Authorization: Bearer abcdefgh.ijklmnop-0123",
    "authorization: Basic dXNlcjpwYXNz",
    "-----BEGIN RSA PRIVATE KEY-----\nabc",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    planted,
    fc.tuple(fc.string(), planted).map((two) => two.join("")),
  );
  const names = [
    "token",
    "api_key",
    "GITHUB_TOKEN",
    "password",
    "passwds",
    "accessKey",
    "SSHPASS",
    "cookie",
    "x",
  ];
  const name = fc.oneof(fc.string(), planted, fc.constantFrom(...names));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie("tree")),
      fc.dictionary(name, tie("tree")),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(redactor.json(value)).toBe(JSON.stringify(redactor.value(value)));
    }),
    { numRuns: 2000 },
  );
  expect(redactor.json(undefined)).toBeNull();
});
