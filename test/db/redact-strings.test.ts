import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { commandNameSchema } from "../../core/config/schema.ts";
import { runEventSchema } from "../../core/events/run-events.ts";
import { createRedactor } from "../../core/redaction.ts";
import { namedByPeople, redactStrings } from "../../db/redact-strings.ts";

const secret = "s3cret-value";
const counts = (of: Record<string, number>) => Object.values(of).toSorted((a, b) => a - b);
const text = (input: string): string => createRedactor([secret, "commands"]).text(input);

it("given commands with secrets in their names, when they are redacted, then each is still there, and named as one is", () => {
  const name = fc.oneof(
    fc.constantFrom("redacted", "redacted-2", "x-redacted", secret, `x-${secret}`, `${secret}-2`),
    fc.stringMatching(/^[a-z][a-z0-9:_-]{0,30}$/),
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.nat()), (commands) => {
      const { config } = redactStrings({ config: { commands } }, text) as {
        config: { commands: Record<string, number> };
      };
      const names = Object.keys(config.commands);
      expect(names.join(" ")).not.toContain(secret);
      for (const one of names) expect(commandNameSchema.safeParse(one).success).toBe(true);
      expect(counts(config.commands)).toEqual(counts(commands));
      for (const [own, count] of Object.entries(commands))
        if (text(own) === own) expect(config.commands[own]).toBe(count);
    }),
  );
});

it("given a secret that is a word of our schema, when an event is redacted, then its members keep their names", () => {
  expect(redactStrings({ config: { commands: { test: secret } } }, text)).toEqual({
    config: { commands: { test: "[redacted]" } },
  });
});

it("given the schema of all events, when it is searched for names that people choose, then each place is known", () => {
  const found: string[] = [];
  const walk = (schema: unknown, at: string): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { additionalProperties, properties, $defs: _json, ...others } = schema as Record<string, unknown>;
    // A gate's own JSON Schema is the pipeline author's, names and all: it says nothing of anybody.
    if (at === "jsonSchema") return;
    if (typeof additionalProperties === "object") found.push(at);
    for (const [name, member] of Object.entries(properties ?? {})) walk(member, name);
    for (const member of Object.values(others)) walk(member, at);
  };
  walk(z.toJSONSchema(runEventSchema, { unrepresentable: "any" }), "");
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found)).toEqual(namedByPeople);
});
