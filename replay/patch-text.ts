/** `Add File` also replaces a file that is there. */
export function writePatch(path: string, content: string): string {
  return patch(`Add File: ${path}`, signed("+", content));
}

/** Whole lines for whole lines. An empty `to` takes the lines away. */
export function replacePatch(path: string, from: string, to: string): string {
  return patch(`Update File: ${path}`, ["@@", ...signed("-", from), ...signed("+", to)]);
}

export function deletePatch(path: string): string {
  return patch(`Delete File: ${path}`, []);
}

function patch(header: string, lines: readonly string[]): string {
  return ["*** Begin Patch", `*** ${header}`, ...lines, "*** End Patch"].join("\n");
}

function signed(sign: string, text: string): string[] {
  if (text === "") return [];
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => sign + line);
}
