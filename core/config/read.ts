import { isMap, isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { PortcullisError } from "../errors.ts";
import { limits } from "../limits.ts";
import { protectionRuleSchema } from "../protection.ts";
import { createRedactor } from "../redaction.ts";
import { commandLineSchema, repositoryConfigSchema, type RepositoryConfig } from "./schema.ts";

/** The file as people write it: everything but the commands may be left out, and a bare glob is frozen. */
const fileSchema = z.strictObject({
  setup: commandLineSchema.optional(),
  commands: repositoryConfigSchema.shape.commands.optional(),
  protected: z
    .array(
      z.preprocess(
        (rule) => (typeof rule === "string" ? { glob: rule, mode: "frozen" } : rule),
        protectionRuleSchema,
      ),
    )
    .max(500)
    .optional(),
  network: repositoryConfigSchema.shape.network,
});

/** How each member is written, for the remedy. */
const written: Readonly<Record<string, string>> = {
  setup: "write one shell line, for example 'setup: npm ci'",
  commands: "write for example 'commands:' and below it '  test: npm test'",
  protected: "write a glob a line, or 'glob: GLOB' with 'mode: frozen', 'mode: add-only' or 'mode: open'",
  network: "name commands of this file, for example 'network: [e2e]'",
};

/** `portcullis.yaml` from its text. Error: `config.invalid`, as `FILE:LINE:COLUMN: what was expected`. Never throws otherwise. */
export function parseRepositoryConfig(text: string, file: string): RepositoryConfig {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.configBytes) {
    throw invalid(file, null, `expected at most ${limits.configBytes} bytes, found ${bytes}`, "shorten it");
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
    throw invalid(file, lines.linePos(problem.pos[0]), message, "correct the YAML there");
  }
  const parsed = fileSchema.safeParse(toValue(document, file) ?? {});
  const found = { file, document, lines };
  if (!parsed.success) throw issueError(found, parsed.error.issues[0]);
  refuseSkippedName(found);
  refuseSecretNames(found, Object.keys(parsed.data.commands ?? {}));
  refuseUnknownNames(found, parsed.data);
  return {
    setup: parsed.data.setup ?? null,
    commands: parsed.data.commands ?? {},
    protected: parsed.data.protected ?? [],
    ...(parsed.data.network === undefined ? {} : { network: parsed.data.network }),
  };
}

interface Found {
  file: string;
  document: Document;
  lines: LineCounter;
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(file, null, `it cannot be resolved: ${String(cause)}`, "use fewer aliases");
  }
}

function issueError(found: Found, issue: z.core.$ZodIssue | undefined): PortcullisError {
  const path = (issue?.path ?? []).map(String);
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = path.length === 0 ? Object.keys(written) : ["glob", "mode"];
    const place = placeOf(found, [...path, key], "key");
    return invalid(found.file, place, `unknown key '${key}'`, `there is ${known.map(quoted).join(", ")}`);
  }
  const where = path.length === 0 ? "the file" : quoted(path.join("."));
  const remedy = written[path[0] ?? "commands"] ?? "correct it there";
  if (issue?.code === "invalid_key") {
    const problem = issue.issues[0]?.message ?? issue.message;
    return invalid(found.file, placeOf(found, path, "key"), `${where}: ${problem}`, remedy);
  }
  return invalid(
    found.file,
    placeOf(found, path, "value"),
    `${where}: ${issue?.message ?? "invalid"}`,
    remedy,
  );
}

/** The schema passes over this one name without a word. */
function refuseSkippedName(found: Found): void {
  const path = ["commands", "__proto__"];
  if (!found.document.hasIn(path)) return;
  const problem = "'commands.__proto__': this name is not allowed";
  throw invalid(found.file, placeOf(found, path, "key"), problem, "name it otherwise");
}

const shapes = createRedactor([]);

/** Names are in ids, reports and prompts; one that had to be redacted there would name nothing any more. */
function refuseSecretNames(found: Found, names: readonly string[]): void {
  const secret = names.find((name) => shapes.text(name) !== name);
  if (secret === undefined) return;
  const problem = `'commands': the name '${secret.slice(0, 4)}…' looks like a secret`;
  throw invalid(found.file, placeOf(found, ["commands", secret], "key"), problem, "name it otherwise");
}

function refuseUnknownNames(found: Found, { commands = {}, network = [] }: z.infer<typeof fileSchema>): void {
  const index = network.findIndex((name) => !Object.hasOwn(commands, name));
  if (index === -1) return;
  const problem = `'network.${index}': there is no command '${network[index]}'`;
  const known = Object.keys(commands).map(quoted).join(", ");
  const remedy = known === "" ? "name the command under 'commands' too" : `there is ${known}`;
  throw invalid(found.file, placeOf(found, ["network", String(index)], "value"), problem, remedy);
}

interface Position {
  line: number;
  col: number;
}

/** Where the value, or its key, or the nearest thing around it stands. */
function placeOf(
  { document, lines }: Found,
  path: readonly string[],
  what: "key" | "value",
): Position | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const at = path.slice(0, length);
    const wantsKey = what === "key" && length === path.length;
    const node = wantsKey ? keyNode(document, at) : nodeAt(document, at);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]);
  }
  return null;
}

function nodeAt(document: Document, path: readonly string[]): unknown {
  return path.length === 0 ? document.contents : document.getIn(path.map(indexOrName), true);
}

function keyNode(document: Document, path: readonly string[]): unknown {
  const around = nodeAt(document, path.slice(0, -1));
  if (!isMap(around)) return null;
  return around.items.find(({ key }) => String(key) === path.at(-1))?.key;
}

function indexOrName(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function quoted(text: string): string {
  return `'${text}'`;
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
