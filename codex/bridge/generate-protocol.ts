import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { locateSandboxTools } from "../locate.ts";

const target = join(import.meta.dirname, "protocol.ts");

/** What the bridge sends and reads; everything that these are made of comes along. */
const used = [
  "InitializeParams",
  "v2/ThreadStartParams",
  "v2/ThreadResumeParams",
  "v2/ThreadReadParams",
  "v2/TurnStartParams",
  "v2/TurnInterruptParams",
  "v2/ThreadItem",
  "v2/TurnError",
  "v2/TurnStatus",
  "v2/ThreadStatus",
  "v2/ThreadTokenUsage",
  "v2/TurnPlanStep",
  "v2/CommandExecutionRequestApprovalParams",
  "v2/CommandExecutionRequestApprovalResponse",
  "v2/FileChangeRequestApprovalParams",
  "v2/FileChangeRequestApprovalResponse",
  "v2/PermissionsRequestApprovalParams",
  "v2/PermissionsRequestApprovalResponse",
  "v2/ToolRequestUserInputParams",
  "v2/ToolRequestUserInputResponse",
  "v2/McpServerElicitationRequestResponse",
  "v2/DynamicToolCallResponse",
];

/** `npm run codex:types`: writes protocol.ts from the pinned Codex. `--check` compares instead. */
export async function renderProtocol(): Promise<string> {
  const { codex } = locateSandboxTools();
  const out = await mkdtemp(join(tmpdir(), "portcullis-protocol-"));
  try {
    await promisify(execFile)(codex, ["app-server", "generate-ts", "--out", out], { timeout: 60_000 });
    const { stdout } = await promisify(execFile)(codex, ["--version"], { timeout: 10_000 });
    const declarations = new Map<string, string>();
    for (const name of used) await collect(join(out, `${name}.ts`), declarations);
    const head = `// Generated from \`codex app-server generate-ts\` of ${stdout.trim()} by \`npm run codex:types\`. Do not edit.`;
    const sorted = [...declarations].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `${head}\n${sorted.map(([, text]) => text).join("\n")}\n`;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function collect(file: string, declarations: Map<string, string>): Promise<void> {
  const source = await readFile(file, "utf8");
  const declaration = withoutComments(source)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("import "))
    .join("\n");
  const name = /export type (\w+)/.exec(declaration)?.[1] ?? file;
  const known = declarations.get(name);
  if (known === declaration) return;
  if (known !== undefined) throw new Error(`two different types are named ${name}; one of them has to go`);
  declarations.set(name, declaration);
  for (const [, path = ""] of source.matchAll(/from "([^"]+)"/g)) {
    await collect(resolve(dirname(file), `${path}.ts`), declarations);
  }
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[^]*?\*\/|^\/\/.*$/gm, "");
}

if (process.argv[1] === import.meta.filename) {
  const rendered = await renderProtocol();
  if (!process.argv.includes("--check")) await writeFile(target, rendered);
  else if ((await readFile(target, "utf8")) !== rendered) {
    process.stderr.write("protocol.ts is not what the pinned Codex speaks: run npm run codex:types\n");
    process.exitCode = 1;
  }
}
