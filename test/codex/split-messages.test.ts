import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitMessages } from "../../codex/split-messages.ts";

const objects = fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), { minLength: 1 });

describe("given JSON objects on one line", () => {
  it("when they are glued with any white space between, then each comes out as it was", () => {
    fc.assert(
      fc.property(objects, fc.constantFrom("", " ", "\t", "\r"), (values, gap) => {
        const texts = values.map((value) => JSON.stringify(value));
        expect(splitMessages(texts.join(gap) + gap)).toEqual(
          texts.map((text) => JSON.parse(text) as unknown),
        );
      }),
    );
  });

  it("when braces and quotes stand in their texts, then they are no borders", () => {
    const tricky = { text: '}{ "quoted\\" {', "}{": ["\\", "{"] };
    const glued = JSON.stringify(tricky).repeat(2);
    expect(splitMessages(glued)).toEqual([tricky, tricky]);
  });
});

describe("given a line that is no message", () => {
  it.each([
    "noise",
    "",
    "[1]",
    "1",
    "null",
    '"text"',
    '{"a":1} noise',
    'noise {"a":1}',
    '{"a":1}{"b":',
    '{"a":1}}',
    '}{"a":1}',
    '{"a":1},{"b":2}',
    '{"a":1}[2]',
    "{a:1}{b:2}",
  ])("when it is %j, then it is noise as a whole", (text) => {
    expect(splitMessages(text)).toBeNull();
  });

  it("when it is anything, then nothing is thrown", () => {
    const piece = fc.constantFrom("{", "}", '"', "\\", ":", "a", "1", ",", "[", "]", " ", "{}");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const found = splitMessages(pieces.join(""));
        if (found !== null) expect(found.length).toBeGreaterThan(0);
      }),
    );
  });
});
