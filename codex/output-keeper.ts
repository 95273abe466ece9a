/** Keeps the head and the tail of a stream of bytes, half of the limit each, and counts what it let go. */
export function keepOutput(maxBytes: number): {
  add(chunk: Buffer): void;
  text(): { output: string; truncated: boolean };
} {
  const headBytes = Math.floor(maxBytes / 2);
  const tailBytes = maxBytes - headBytes;
  const head: Buffer[] = [];
  let room = headBytes;
  let tail: Buffer[] = [];
  let held = 0;
  let dropped = 0;

  return {
    add(chunk) {
      const first = chunk.subarray(0, room);
      if (first.length > 0) head.push(first);
      room -= first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(rest);
      held += rest.length;
      if (held <= 2 * maxBytes) return;
      const kept = lastBytes(Buffer.concat(tail), tailBytes);
      dropped += held - kept.length;
      tail = [kept];
      held = kept.length;
    },
    text() {
      const last = lastBytes(Buffer.concat(tail), tailBytes);
      const left = dropped + held - last.length;
      // In one piece, so that a character on the border of the two stays whole.
      if (left === 0) return { output: Buffer.concat([...head, last]).toString("utf8"), truncated: false };
      const gap = `\n… ${left} bytes left out …\n`;
      return { output: Buffer.concat(head).toString("utf8") + gap + last.toString("utf8"), truncated: true };
    },
  };
}

function lastBytes(bytes: Buffer, count: number): Buffer {
  return bytes.subarray(Math.max(0, bytes.length - count));
}
