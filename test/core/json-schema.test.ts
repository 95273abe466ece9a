import { describe, expect, it } from "vitest";
import { problemsWithJson, problemWithSchema } from "../../core/json-schema.ts";

const schema = {
  type: "object",
  required: ["name", "kind"],
  properties: { name: { type: "string", minLength: 1 }, kind: { enum: ["a", "b"] } },
  additionalProperties: false,
};

describe("problemsWithJson", () => {
  it("given a value that fits, then there is none", () => {
    expect(problemsWithJson('{"name":"x","kind":"a"}', schema)).toEqual([]);
    expect(problemsWithJson("[1]", null)).toEqual([]);
  });

  it("given mistakes, then each has its place and what is expected", () => {
    expect(problemsWithJson('{"name":"","kind":"c","more":1}', schema)).toEqual([
      "the whole must NOT have additional properties: 'more'",
      "/name must NOT have fewer than 1 characters",
      '/kind must be equal to one of the allowed values: ["a","b"]',
    ]);
    expect(problemsWithJson("{", schema)[0]).toContain("the file is not JSON");
  });

  it("given a required name that every object inherits, then an object without it does not fit", () => {
    for (const name of ["toString", "constructor", "__proto__"]) {
      expect(problemsWithJson("{}", { type: "object", required: [name] })).toHaveLength(1);
    }
  });

  it("given thousands of mistakes, then the first five are told", () => {
    const text = JSON.stringify(Array.from({ length: 5000 }, () => 1));
    expect(problemsWithJson(text, { type: "array", items: { type: "string" } })).toHaveLength(5);
  });
});

describe("problemWithSchema", () => {
  it("given a schema, then there is none", () => {
    expect(problemWithSchema(schema)).toBeNull();
    expect(problemWithSchema({ $schema: "https://json-schema.org/draft/2020-12/schema" })).toBeNull();
  });

  it.each([
    ["a keyword that is misspelt", { requried: ["x"] }, "requried"],
    ["a format that is not known", { type: "string", format: "postcode" }, "postcode"],
    ["another version", { $schema: "http://json-schema.org/draft-07/schema#" }, "draft-07"],
    ["a reference to elsewhere", { $ref: "https://example.org/x.json" }, "example.org"],
    ["one that would answer later, and so always yes", { $async: true, type: "string" }, "$async"],
    ["a type that does not exist", { type: "strnig" }, "type"],
  ])("given %s, then the problem names it", (_what, given, says) => {
    expect(problemWithSchema(given)).toContain(says);
  });
});
