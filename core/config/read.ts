import { z } from "zod";
import { builtInNames, pipelineSchema, type PipelineDefinition } from "../pipeline.ts";
import { protectionGlobSchema, protectionRuleSchema, type ProtectionRule } from "../protection.ts";
import { explainIssue } from "./explain-issue.ts";
import { isPipelineFile } from "./pipeline-file.ts";
import { createRedactor } from "../redaction.ts";
import { commandLineSchema, repositoryConfigSchema, type RepositoryConfig } from "./schema.ts";
import { openYaml, type YamlSource } from "./yaml-source.ts";

const frozen = (glob: string): ProtectionRule => ({ glob, mode: "frozen" });

const filePath = z
  .string()
  .max(400)
  .refine(
    (path) => isPipelineFile(path),
    "expected a path that ends in .yaml, .yml, .json, .ts, .mts, .mjs or .js",
  )
  .refine(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
    "expected a path within the repository, from its root",
  );

const ownNameSchema = pipelineSchema.shape.name.refine(
  (name) => !builtInNames.includes(name),
  "a built-in pipeline has this name",
);

/** Under `pipelines:`: the pipeline itself, whose name is its key, or a file of the same commit. */
const pipelineEntrySchema = z.union([
  pipelineSchema.omit({ name: true }),
  z.strictObject({ file: filePath }),
]);

/** The file as people write it: everything but the commands may be left out, and a bare glob is frozen. */
export const repositoryFileSchema = z.strictObject({
  setup: commandLineSchema.optional(),
  commands: repositoryConfigSchema.shape.commands.optional(),
  protected: z
    .array(z.union([protectionGlobSchema.transform(frozen), protectionRuleSchema]))
    .max(500)
    .optional(),
  pipelines: z.record(ownNameSchema, pipelineEntrySchema).optional(),
  network: repositoryConfigSchema.shape.network,
});

/** How each member is written, for the remedy. */
const written: Readonly<Record<string, string>> = {
  "": "write for example 'commands:' and below it '  test: npm test'",
  setup: "write one shell line, for example 'setup: npm ci'",
  commands: "write for example 'commands:' and below it '  test: npm test'",
  protected: "write a glob a line, or 'glob: GLOB' with 'mode: frozen', 'mode: add-only' or 'mode: open'",
  pipelines: "write 'NAME: {file: PATH}', or the pipeline below its name: docs/pipelines.md",
  network: "name commands of this file, for example 'network: [e2e]'",
};

/** A pipeline that the file names: where it is, or itself. */
export type NamedPipeline = { file: string } | { definition: PipelineDefinition };

export interface RepositoryFile {
  config: RepositoryConfig;
  pipelines: ReadonlyMap<string, NamedPipeline>;
  source: YamlSource;
}

/** `portcullis.yaml` from its text. Error: `config.invalid`, as `FILE:LINE:COLUMN: what was expected`. Never throws otherwise. */
export function parseRepositoryFile(text: string, file: string): RepositoryFile {
  const source = openYaml(text, { file, code: "config.invalid" });
  const value = source.value ?? {};
  const parsed = repositoryFileSchema.safeParse(value);
  if (!parsed.success) {
    throw source.error(explainIssue(parsed.error.issues, { schema: repositoryFileSchema, value, written }));
  }
  refuseSkippedNames(source);
  const { setup = null, commands = {}, protected: rules = [], pipelines = {}, network } = parsed.data;
  refuseSecretNames(source, "commands", Object.keys(commands));
  refuseSecretNames(source, "pipelines", Object.keys(pipelines));
  refuseUnknownNames(source, parsed.data);
  const named = Object.entries(pipelines).map(([name, entry]): [string, NamedPipeline] => [
    name,
    "file" in entry ? entry : { definition: { name, ...entry } },
  ]);
  const config = { setup, commands, protected: rules, ...(network === undefined ? {} : { network }) };
  return { config, pipelines: new Map(named), source };
}

export function parseRepositoryConfig(text: string, file: string): RepositoryConfig {
  return parseRepositoryFile(text, file).config;
}

/** The schema passes over this one name without a word. */
function refuseSkippedNames(source: YamlSource): void {
  for (const around of ["commands", "pipelines"]) {
    const path = [around, "__proto__"];
    if (!source.has(path)) continue;
    const problem = `'${path.join(".")}': this name is not allowed`;
    throw source.error({ path, at: "key", problem, remedy: "name it otherwise" });
  }
}

const shapes = createRedactor([]);

/** Names are in ids, reports and prompts; one that had to be redacted there would name nothing any more. */
function refuseSecretNames(source: YamlSource, around: string, names: readonly string[]): void {
  const secret = names.find((name) => shapes.text(name) !== name);
  if (secret === undefined) return;
  const problem = `'${around}': the name '${secret.slice(0, 4)}…' looks like a secret`;
  throw source.error({ path: [around, secret], at: "key", problem, remedy: "name it otherwise" });
}

function refuseUnknownNames(
  source: YamlSource,
  { commands = {}, network = [] }: z.infer<typeof repositoryFileSchema>,
): void {
  const index = network.findIndex((name) => !Object.hasOwn(commands, name));
  if (index === -1) return;
  const problem = `'network.${index}': there is no command '${network[index]}'`;
  const known = Object.keys(commands).map((name) => `'${name}'`);
  const remedy =
    known.length === 0 ? "name the command under 'commands' too" : `there is ${known.join(", ")}`;
  throw source.error({ path: ["network", index], at: "value", problem, remedy });
}
