/** A line longer than this ends the connection: the worker fails with the limit named, nobody else. */
export const maxLineBytes = 64 * 1024 * 1024;

export type LineReader = (chunk: Buffer) => void;

/**
 * Puts lines together from chunks, as bytes, so that a character torn between two chunks stays whole. `overflow` is
 * called once where a line passes the limit; nothing is delivered after it.
 */
export function readLines(
  deliver: (line: string) => void,
  overflow: (bytes: number) => void,
  limitBytes: number = maxLineBytes,
): LineReader {
  let parts: Buffer[] = [];
  let length = 0;
  let over = false;
  return (chunk) => {
    let start = 0;
    while (!over) {
      const end = chunk.indexOf(0x0a, start);
      const piece = chunk.subarray(start, end === -1 ? undefined : end);
      length += piece.length;
      if (length > limitBytes) {
        over = true;
        parts = [];
        overflow(length);
        return;
      }
      if (piece.length > 0) parts.push(piece);
      if (end === -1) return;
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      length = 0;
      start = end + 1;
      if (line.trim() !== "") deliver(line);
    }
  };
}
