import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import type { JsonSchemaType } from "@modelcontextprotocol/sdk/validation/types.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packetJsonSchema, packetSchema, type PacketKind } from "../../handoffs/packets.ts";
import { packetShapes } from "../support/packet-shapes.ts";

const odd = fc.constantFrom<unknown>(null, 1, true, "", "x", [], {}, "a".repeat(41), ["x", 1]);
/** Sometimes a member is taken out, put in or made into something else, at the root. */
function bent(shape: fc.Arbitrary<object>): fc.Arbitrary<Record<string, unknown>> {
  const change = fc.constantFrom("none", "none", "none", "out", "in", "odd");
  return fc.tuple(shape, change, odd, fc.nat(3)).map(([value, how, other, index]) => {
    const name = Object.keys(value)[index % Object.keys(value).length] ?? "";
    if (how === "out") return Object.fromEntries(Object.entries(value).filter(([own]) => own !== name));
    if (how === "in") return { ...value, extra: other };
    return how === "odd" ? { ...value, [name]: other } : { ...value };
  });
}

describe.each(Object.keys(packetShapes) as PacketKind[])(
  "given the JSON Schema of a %s, as workers are told it",
  (kind) => {
    const schema = packetJsonSchema(kind);
    const fits = new AjvJsonSchemaValidator().getValidator(schema as JsonSchemaType);

    it("then it takes just what is taken when the packet comes", () => {
      const seen = { taken: 0, refused: 0 };
      fc.assert(
        fc.property(bent(packetShapes[kind]), (value) => {
          const taken = packetSchema(kind).safeParse(value).success;
          // A JSON Schema without a choice at its root cannot say this one rule; the repair turn does.
          const rejectsForNothing =
            kind === "review" &&
            value["verdict"] === "reject" &&
            Array.isArray(value["findings"]) &&
            value["findings"].length === 0;
          if (rejectsForNothing) expect(taken).toBe(false);
          else expect(fits(value).valid).toBe(taken);
          seen[taken ? "taken" : "refused"] += 1;
        }),
        { numRuns: 4000, seed: 1 },
      );
      expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
    });

    it("then it is of 2020-12, closed at every object, and every member is required", () => {
      expect(schema).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
      const visit = (node: unknown): void => {
        if (node === null || typeof node !== "object") return;
        if ("properties" in node && node.properties !== null && typeof node.properties === "object") {
          expect(node).toMatchObject({ additionalProperties: false, required: Object.keys(node.properties) });
        }
        Object.values(node).forEach(visit);
      };
      visit(schema);
    });
  },
);
