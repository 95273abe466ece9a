/** Keeps the head and the tail of a stream of bytes, half of the limit each, and counts what it let go. */
export function keepOutput(maxBytes: number): {
  add(chunk: Buffer): void;
  text(): { output: string; truncated: boolean };
} {
  const half = Math.floor(maxBytes / 2);
  let head = Buffer.alloc(0);
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let dropped = 0;

  return {
    add(chunk) {
      const room = half - head.length;
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      const rest = room > 0 ? chunk.subarray(room) : chunk;
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      if (tailBytes <= 2 * half) return;
      const kept = Buffer.concat(tail).subarray(-half);
      dropped += tailBytes - kept.length;
      tail = [kept];
      tailBytes = kept.length;
    },
    text() {
      const last = Buffer.concat(tail);
      const cut = last.subarray(-half);
      const left = dropped + last.length - cut.length;
      const gap = left > 0 ? `\n… ${left} bytes left out …\n` : "";
      return { output: head.toString("utf8") + gap + cut.toString("utf8"), truncated: left > 0 };
    },
  };
}
