/** The content as text where it is valid UTF-8 without NUL, else null. */
export function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Text in an old encoding is text; what is compressed or compiled has bytes that no text has. */
export function isBinary(content: Uint8Array): boolean {
  if (content.includes(0)) return true;
  return textOf(content) === null && content.some((byte) => byte < 0x20 && !textControls.has(byte));
}

/** Backspace, tab, line feed, vertical tab, form feed, carriage return, escape. */
const textControls = new Set([8, 9, 10, 11, 12, 13, 27]);

/** What a file is, by its name and as far as its content agrees. */
export function mediaTypeOf(path: string, content: Uint8Array): string {
  const text = textOf(content);
  if (text === null) return "application/octet-stream";
  if (/\.(?:md|markdown)$/i.test(path)) return "text/markdown";
  return /\.json$/i.test(path) && isJson(text) ? "application/json" : "text/plain";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
