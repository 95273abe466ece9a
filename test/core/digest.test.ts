import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, digestOf, sha256 } from "../../core/digest.ts";

/** The same value with its members in another order, at every depth. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]): [string, unknown] => [name, shuffled(member)]),
  );
}

test("given bytes or text, when they are digested, then it is SHA-256 in lower-case hex", () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const umlaut = "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c";
  expect(sha256("")).toBe(empty);
  expect(sha256(new Uint8Array())).toBe(empty);
  expect(sha256("é")).toBe(umlaut);
  expect(sha256(Buffer.from("é"))).toBe(umlaut);
});

test("given names in any order, when they are written, then their order is one, at every depth", () => {
  expect(canonicalJson({ b: 1, a: { d: [{ f: 1, e: 2 }], c: null } })).toBe(
    '{"a":{"c":null,"d":[{"e":2,"f":1}]},"b":1}',
  );
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
});

test("given any JSON value, when its members are in another order, then its digest is the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(digestOf(shuffled(value))).toBe(digestOf(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("given two JSON values, when they differ, then so do their digests", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const same = canonicalJson(shuffled(one)) === canonicalJson(other);
      expect(digestOf(one) === digestOf(other)).toBe(same);
    }),
  );
  expect(digestOf({ a: "1" })).not.toBe(digestOf({ a: 1 }));
  expect(digestOf(["ab", "c"])).not.toBe(digestOf(["a", "bc"]));
  expect(digestOf({})).not.toBe(digestOf([]));
});

test("given members called __proto__, when they are written, then they are kept and change nothing", () => {
  const value: unknown = JSON.parse('{"b": 1, "__proto__": {"a": 1}}');
  expect(canonicalJson(value)).toBe('{"__proto__":{"a":1},"b":1}');
  expect(digestOf(value)).not.toBe(digestOf({ b: 1 }));
});
