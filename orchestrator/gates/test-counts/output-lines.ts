import { stripVTControlCharacters } from "node:util";

export function outputLines(output: string): string[] {
  return stripVTControlCharacters(output).split(/\r\n|\n|\r/);
}

const linesOfOneFailure = 12;

/** The lines from `start` on that say something, until one that ends the block. */
export function blockFrom(
  lines: readonly string[],
  start: number,
  ends: (line: string) => boolean,
  says: (line: string) => boolean = () => true,
): string[] {
  const block: string[] = [];
  for (let index = start; index < lines.length && block.length < linesOfOneFailure; index += 1) {
    const line = lines[index] ?? "";
    if (ends(line)) break;
    if (line.trim() !== "" && says(line)) block.push(line);
  }
  return block;
}

/** `3 failed, 2 passed` by its words. */
export function wordCounts(text: string, separator: RegExp): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const part of text.split(separator)) {
    const [, number, word = ""] = /^\s*(\d{1,9}) ([a-z][a-z ]*?)\s*$/.exec(part) ?? [];
    if (number !== undefined) counts[word] = (counts[word] ?? 0) + Number(number);
  }
  return counts;
}
