import fc from "fast-check";
import { expect, it } from "vitest";
import { duplicateKey } from "../../handoffs/duplicate-key.ts";

it.each([
  ['{"a":1,"a":1}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"":1, "" :2}', ""],
  ['{"x":[{"b":{}, "c":[], "b":[1,2]}]}', "b"],
  ['{"a":{"a":[{"a":1}]},"b":"a","a":null}', "a"],
  ['{"\\"":1,"\\"":2}', '"'],
  ['{"a\\\\":1,"b":2,"a\\\\":3}', "a\\"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
])("given a key that stands twice in %s, then it is found", (json, key) => {
  expect(duplicateKey(json)).toBe(key);
});

it.each([
  '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
  '{"a":"\\"a\\":1, {","b":"}:"}',
  '{"a":1,"A":2,"a ":3}',
  '["a","a"]',
  '"a"',
  "1",
])("given %s, then none stands twice", (json) => {
  expect(duplicateKey(json)).toBeNull();
});

it("given any value as JSON, then no key stands twice; given one of its objects with a key added again, then that one does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, spaces) => {
      expect(duplicateKey(JSON.stringify(value, null, spaces))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, at) => {
      const keys = Object.keys(object);
      const key = keys[at % keys.length] ?? "";
      const json = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(key)}:0}`;
      expect(duplicateKey(`[${json}]`)).toBe(key);
    }),
  );
});

it("given depth and length at the limit of an answer, then it is told all the same", () => {
  const deep = 100_000;
  expect(duplicateKey(`${"[".repeat(deep)}${"]".repeat(deep)}`)).toBeNull();
  const many = Array.from({ length: 50_000 }, (_none, index) => `"k${index}":${index}`).join(",");
  expect(duplicateKey(`{${many},"k7":0}`)).toBe("k7");
  expect(duplicateKey(`{"a":"${"\\\\".repeat(500_000)}","a":1}`)).toBe("a");
});
