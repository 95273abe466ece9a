import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines } from "../../codex/line-reader.ts";

function read(chunks: readonly Buffer[], limitBytes?: number): { lines: string[]; overflows: number[] } {
  const lines: string[] = [];
  const overflows: number[] = [];
  const add = readLines(
    (line) => lines.push(line),
    (bytes) => overflows.push(bytes),
    limitBytes,
  );
  for (const chunk of chunks) add(chunk);
  return { lines, overflows };
}

/** The bytes cut at these places, in any order and as often as is said. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", ""));

describe("given lines with any characters", () => {
  it("when they come in any chunks, then the same lines come out, blank ones left out", () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (written, places) => {
        const bytes = Buffer.from(written.map((text) => `${text}\n`).join(""));
        const { lines, overflows } = read(cut(bytes, places));
        expect(lines).toEqual(written.filter((text) => text.trim() !== ""));
        expect(overflows).toEqual([]);
      }),
    );
  });

  it("when a character is torn byte by byte, then it stays whole", () => {
    const bytes = Buffer.from('{"a":"ä€😀"}\n');
    expect(read([...bytes].map((byte) => Buffer.from([byte]))).lines).toEqual(['{"a":"ä€😀"}']);
  });

  it("when the last line has no end, then it is not delivered", () => {
    expect(read([Buffer.from("whole\ntorn")]).lines).toEqual(["whole"]);
  });
});

describe("given a limit", () => {
  it("when a line passes it, then that is said once and nothing is delivered after it, however it is cut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 11, max: 60 }), fc.array(fc.nat()), (length, places) => {
        const bytes = Buffer.from(`fine\n${"x".repeat(length)}\nlater\n`);
        const { lines, overflows } = read(cut(bytes, places), 10);
        expect(lines).toEqual(["fine"]);
        expect(overflows).toHaveLength(1);
        expect(overflows[0]).toBeGreaterThan(10);
      }),
    );
  });

  it("when a line is just that long, then it is delivered", () => {
    expect(read([Buffer.from("0123456789\n")], 10)).toEqual({ lines: ["0123456789"], overflows: [] });
  });
});
