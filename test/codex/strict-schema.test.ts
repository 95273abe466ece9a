import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import type { JsonSchemaType } from "@modelcontextprotocol/sdk/validation/types.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { strictSchema } from "../../codex/strict-schema.ts";
import { packetJsonSchema, packetSchema, type PacketKind } from "../../handoffs/packets.ts";
import { packetShapes } from "../support/packet-shapes.ts";

/** What OpenAI's documentation of structured outputs lists; a schema with anything else is refused with status 400. */
const keywords = [
  ..."type properties required additionalProperties items anyOf enum const description title".split(" "),
  ..."$ref $defs pattern minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(
    " ",
  ),
];

/** Every schema within a schema, itself first. */
function* schemasIn(schema: unknown): Generator<Record<string, unknown>> {
  if (typeof schema !== "object" || schema === null) return;
  const own = schema as Record<string, unknown>;
  yield own;
  const many = [own["properties"], own["$defs"]].flatMap((named) => Object.values(named ?? {}));
  for (const inner of [...many, own["items"], ...((own["anyOf"] ?? []) as unknown[])])
    yield* schemasIn(inner);
}

describe.each(Object.keys(packetShapes) as PacketKind[])("given the schema of a %s", (kind) => {
  const strict = strictSchema(packetJsonSchema(kind));

  it("when it is made strict, then it has only what strict structured output takes", () => {
    for (const schema of schemasIn(strict)) {
      expect(keywords).toEqual(expect.arrayContaining(Object.keys(schema)));
      expect(JSON.stringify(schema["pattern"] ?? "")).not.toMatch(/\(\?[=!<]/);
    }
  });

  it("when it is made strict, then every object is closed and each of its members required", () => {
    const objects = [...schemasIn(strict)].filter(
      (schema) => "properties" in schema || schema["type"] === "object",
    );
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) {
      const required = Object.keys(object["properties"] as object);
      expect(object).toMatchObject({ additionalProperties: false, required });
    }
  });

  it("when a packet is valid, then it is valid by the strict schema too", () => {
    const fits = new AjvJsonSchemaValidator().getValidator(strict as JsonSchemaType);
    let valid = 0;
    fc.assert(
      fc.property(packetShapes[kind], (packet) => {
        if (!packetSchema(kind).safeParse(packet).success) return;
        valid += 1;
        expect(fits(packet)).toMatchObject({ valid: true });
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(valid).toBeGreaterThan(50);
    expect(fits({}).valid).toBe(false);
  });
});

describe("given any schema", () => {
  it("when its properties are named as keywords, then they are kept, and what they say is made strict", () => {
    const names = ["default", "format", "minLength", "pattern", "$schema", "enum", "properties"];
    const text = { type: "string", minLength: 1, format: "email", default: "x" };
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    expect(strictSchema({ $schema: "x", type: "object", properties, required: names })).toEqual({
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
      required: names,
    });
  });

  it("when it has choices that look like schemas, then they are kept as they are", () => {
    const schema = { enum: [{ format: "x" }, "a"], anyOf: [{ const: { default: 1 } }, { type: "null" }] };
    expect(strictSchema(schema)).toEqual(schema);
  });

  it.each([
    ["^(?=.*\\S)x$", false],
    ["^(?!a)b", false],
    ["(?<=a)b", false],
    ["(?<!a)b", false],
    ["(?<n>a)\\k<n>", false],
    ["(a)\\1", false],
    ["^\\P{Cc}*$", false],
    ["^(?:a|b)\\.[a-z]{2}\\d$", true],
  ])("when it has the pattern %s, then it is kept: %s", (pattern, kept) => {
    expect(strictSchema({ type: "string", pattern })).toEqual(
      kept ? { type: "string", pattern } : { type: "string" },
    );
  });

  it("when it is anything at all, then nothing is thrown, and strict twice is strict once", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (schema) => {
        const once = strictSchema(schema);
        expect(strictSchema(once)).toEqual(once);
      }),
    );
  });
});
