import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepOutput } from "../../codex/output-keeper.ts";

const gap = /\n… (\d+) bytes left out …\n/;

function keep(maxBytes: number, chunks: readonly Buffer[]): { output: string; truncated: boolean } {
  const kept = keepOutput(maxBytes);
  for (const chunk of chunks) kept.add(chunk);
  return kept.text();
}

const chunksOfAscii = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "d") }), { maxLength: 30 });

describe("given output within the limit", () => {
  it("when it comes in any chunks, then all of it is kept, characters whole", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(20),
        (text, size, spare) => {
          const bytes = Buffer.from(text);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          expect(keep(bytes.length + spare, chunks)).toEqual({ output: text, truncated: false });
        },
      ),
    );
  });
});

describe("given output over the limit", () => {
  it("when it comes in any chunks, then head and tail are kept and the rest is counted", () => {
    fc.assert(
      fc.property(chunksOfAscii, fc.nat(40), (texts, maxBytes) => {
        const all = texts.join("");
        const { output, truncated } = keep(
          maxBytes,
          texts.map((text) => Buffer.from(text)),
        );
        expect(truncated).toBe(all.length > maxBytes);
        if (!truncated) {
          expect(output).toBe(all);
          return;
        }
        const [head = "", left, tail = ""] = output.split(gap);
        expect(head.length + tail.length).toBe(maxBytes);
        expect(head.length + Number(left) + tail.length).toBe(all.length);
        expect(all.startsWith(head) && all.endsWith(tail)).toBe(true);
      }),
    );
  });

  it("when it is written byte by byte, then it is kept all the same", () => {
    const kept = keepOutput(1024 * 1024);
    const byte = Buffer.from("x");
    for (let count = 0; count < 4_000_000; count += 1) kept.add(byte);
    expect(kept.text().output).toContain(`${4_000_000 - 1024 * 1024} bytes left out`);
  });
});
