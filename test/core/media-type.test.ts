import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { isBinary, mediaTypeOf, textOf } from "../../core/media-type.ts";

const bytes = (text: string) => Buffer.from(text, "utf8");

it.each([
  ["notes.md", bytes("# A"), "text/markdown"],
  ["NOTES.MARKDOWN", bytes("# A"), "text/markdown"],
  ["a.json", bytes('{"a":1}'), "application/json"],
  ["a.json", bytes("{a:1}"), "text/plain"],
  ["a.txt", bytes("a"), "text/plain"],
  ["Makefile", bytes(""), "text/plain"],
  ["notes.md", Buffer.from([0xff, 0xfe, 0x41]), "application/octet-stream"],
  ["a.json", bytes("{}\0"), "application/octet-stream"],
])("given %s with its content, then its media type says what both are", (path, content, type) => {
  expect(mediaTypeOf(path, content)).toBe(type);
});

it("given content that is no text in any encoding, then it is binary", () => {
  expect(isBinary(bytes(`${"a".repeat(10_000)}\0`))).toBe(true);
  expect(isBinary(gzipSync("content"))).toBe(true);
  expect(isBinary(Buffer.from([0xff, 0x01]))).toBe(true);
});

it("given text, in an old encoding too, then it is not binary", () => {
  for (const content of [bytes("ünï\t\r\n"), bytes(""), Buffer.from("caf\xe9\n", "latin1")]) {
    expect(isBinary(content)).toBe(false);
  }
  expect(textOf(Buffer.from("caf\xe9", "latin1"))).toBeNull();
  expect(textOf(bytes("\ufeffa"))).toBe("\ufeffa");
});
