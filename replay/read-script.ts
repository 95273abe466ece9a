import { readFile } from "node:fs/promises";
import { LineCounter, parseDocument, type Document } from "yaml";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { checkScript, invalidScript } from "./check-script.ts";
import type { Script } from "./script.ts";

const maxBytes = 4 * 1024 * 1024;

/** A script from a YAML or JSON file. Errors: `script.unreadable`, and those of `parseScript`. */
export async function readScript(file: string): Promise<Script> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new PortcullisError({
      code: "script.unreadable",
      kind: "usage",
      message: `expected a script at ${file}: ${messageOf(cause)}`,
      remedy: "name a YAML or JSON file that can be read",
      cause,
    });
  }
  return parseScript(text, file);
}

/** A script from YAML or JSON (which is YAML too). Error: `script.invalid`, as `FILE:LINE:COLUMN: what was expected`. */
export function parseScript(text: string, file: string): Script {
  if (Buffer.byteLength(text) > maxBytes) throw invalidScript(file, `expected at most ${maxBytes} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw invalidScript(`${file}:${line}:${col}`, problem.message.split("\n", 1)[0] ?? "not YAML");
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalidScript(file, messageOf(cause));
  }
  return checkScript(value, file, (path) => placeOf(document, lines, path));
}

/** Where the value, or the nearest thing around it, stands. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
      const { line, col } = lines.linePos(Number(node.range[0]));
      return `:${line}:${col}`;
    }
  }
  return "";
}
