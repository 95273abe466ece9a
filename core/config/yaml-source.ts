import { isMap, isNode, LineCounter, parseDocument, type Document } from "yaml";
import { PortcullisError } from "../errors.ts";
import { limits } from "../limits.ts";

type Path = readonly PropertyKey[];

/** A problem with a file that people write. */
export interface SourceProblem {
  /** Of the member; of what is around it where there is none. */
  path: Path;
  at: "key" | "value";
  problem: string;
  remedy: string;
}

/** A YAML or JSON file: its value, and errors that say where in it something is wrong. */
export interface YamlSource {
  value: unknown;
  has(path: Path): boolean;
  error(problem: SourceProblem): PortcullisError;
}

/** Reads one document of at most 256 KiB. Errors: `code`, as `FILE:LINE:COLUMN: problem`, of kind usage. */
export function openYaml(text: string, { file, code }: { file: string; code: string }): YamlSource {
  const invalid = (at: Position | null, problem: string, remedy: string): PortcullisError =>
    sourceError({ file, code, at, problem, remedy });
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.configBytes) {
    throw invalid(null, `expected at most ${limits.configBytes} bytes, found ${bytes}`, "shorten it");
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const several = problem.code === "MULTIPLE_DOCS";
    const message = several ? "expected one YAML document, found several" : problem.message;
    throw invalid(lines.linePos(problem.pos[0]), message, "correct the YAML there");
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(null, `it cannot be resolved: ${String(cause)}`, "use fewer aliases");
  }
  return {
    value,
    has: (path) => document.hasIn(path),
    error: ({ path, at, problem: what, remedy }) =>
      invalid(placeOf({ document, lines }, path, at), what, remedy),
  };
}

interface Position {
  line: number;
  col: number;
}

/** One line, whatever the problem quotes. */
export function sourceError(found: {
  file: string;
  code: string;
  at: Position | null;
  problem: string;
  remedy: string;
  cause?: unknown;
}): PortcullisError {
  const { file, code, at, problem, remedy, cause } = found;
  const place = at === null ? file : `${file}:${at.line}:${at.col}`;
  const message = `${place}: ${problem.split("\n", 1)[0] ?? ""}`;
  return new PortcullisError({ code, kind: "usage", message, remedy, cause });
}

interface Found {
  document: Document;
  lines: LineCounter;
}

/** Where the value, or its key, or the nearest thing around it stands. */
function placeOf({ document, lines }: Found, path: Path, what: "key" | "value"): Position | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const at = path.slice(0, length);
    const wantsKey = what === "key" && length === path.length;
    const node = wantsKey ? keyNode(document, at) : nodeAt(document, at);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]);
  }
  return null;
}

function nodeAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

function keyNode(document: Document, path: Path): unknown {
  const around = nodeAt(document, path.slice(0, -1));
  if (!isMap(around)) return null;
  return around.items.find(({ key }) => String(key) === String(path.at(-1)))?.key;
}
