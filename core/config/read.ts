import { LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { PortcullisError } from "../errors.ts";
import { limits } from "../limits.ts";
import { protectionRuleSchema } from "../protection.ts";
import { repositoryConfigSchema, type RepositoryConfig } from "./schema.ts";

/** The file as people write it: everything but the commands may be left out, and a bare glob is frozen. */
const fileSchema = z.strictObject({
  setup: repositoryConfigSchema.shape.setup.optional(),
  commands: repositoryConfigSchema.shape.commands.optional(),
  protected: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((glob) => ({ glob, mode: "frozen" as const })),
        protectionRuleSchema,
      ]),
    )
    .max(500)
    .optional(),
});

const keys = Object.keys(fileSchema.shape);

/** `portcullis.yaml` from its text. Error: `config.invalid`, as `FILE:LINE:COLUMN: what was expected`. Never throws otherwise. */
export function parseRepositoryConfig(text: string, file: string): RepositoryConfig {
  if (text.length > limits.configBytes) {
    throw invalid(
      file,
      null,
      `expected at most ${limits.configBytes} bytes, found ${text.length}`,
      "shorten it",
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw invalid(file, lines.linePos(problem.pos[0]), problem.message, "correct the YAML there");
  }
  const parsed = fileSchema.safeParse(toValue(document, file) ?? {});
  if (!parsed.success) throw issueError(file, document, lines, parsed.error.issues[0]);
  return {
    setup: parsed.data.setup ?? null,
    commands: parsed.data.commands ?? {},
    protected: parsed.data.protected ?? [],
  };
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(file, null, `it cannot be resolved: ${String(cause)}`, "use fewer aliases");
  }
}

function issueError(
  file: string,
  document: Document,
  lines: LineCounter,
  issue: z.core.$ZodIssue | undefined,
): PortcullisError {
  const path = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys" && path.length === 0) {
    const [key = ""] = issue.keys;
    const place = placeOf(document, lines, [key]);
    return invalid(
      file,
      place,
      `unknown key '${key}'`,
      `there is ${keys.map((known) => `'${known}'`).join(", ")}`,
    );
  }
  const where = path.length === 0 ? "the file" : `'${path.map(String).join(".")}'`;
  const place = placeOf(document, lines, path.map(String));
  return invalid(
    file,
    place,
    `${where}: ${issue?.message ?? "invalid"}`,
    "write for example 'commands:' and below it '  test: npm test'",
  );
}

interface Position {
  line: number;
  col: number;
}

/** Where the value (or the nearest thing around it) stands. */
function placeOf(document: Document, lines: LineCounter, path: readonly string[]): Position | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const at = path.slice(0, length).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const node: unknown = length === 0 ? document.contents : document.getIn(at, true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0]));
    }
  }
  return null;
}

function invalid(file: string, at: Position | null, problem: string, remedy: string): PortcullisError {
  const place = at === null ? file : `${file}:${at.line}:${at.col}`;
  return new PortcullisError({
    code: "config.invalid",
    kind: "usage",
    message: `${place}: ${problem.split("\n", 1)[0] ?? ""}`,
    remedy,
  });
}
