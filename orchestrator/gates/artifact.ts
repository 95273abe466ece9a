import { PortcullisError } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import type { ArtifactGateSpec } from "../../core/gates/artifact.ts";
import { problemsWithJson } from "../../core/json-schema.ts";
import { limits } from "../../core/limits.ts";
import { hasHeading, markdownHeadings } from "../../core/markdown-headings.ts";
import { mediaTypeOf, textOf } from "../../core/media-type.ts";
import { verdictOf, type Gate, type GateCase } from "./gate.ts";

/** A file of the commit's tree is what the pipeline asks for; its content is kept then. No link is followed. */
export const artifactGate: Gate = async ({ effect, world, name }) => {
  const { gate } = effect;
  if (gate.kind !== "artifact") throw new Error(`'${gate.kind}' is no gate of an artifact`);
  const { path } = gate;
  const read = await readBounded(world.workspace, effect.commit, gate);
  const problems = typeof read === "string" ? [read] : problemsWith(read, gate);
  if (typeof read === "string" || problems.length > 0) {
    return verdictOf(problems.map((problem) => finding(name, problem, { path })));
  }
  const { digest } = await world.artifacts.put(read, {
    runId: world.log.state.id,
    name: path,
    mediaType: mediaTypeOf(path, read),
  });
  return { ...verdictOf([]), evidence: digest };
};

/** The problem as text where there is nothing to read. */
async function readBounded(
  workspace: GateCase["world"]["workspace"],
  commit: string,
  { path, maxBytes = limits.artifactBytes }: ArtifactGateSpec,
): Promise<Uint8Array | string> {
  try {
    const content = await workspace.readFile(commit, path, maxBytes);
    return content ?? "expected this file, found none (a link, a folder or a repository is none)";
  } catch (error) {
    if (error instanceof PortcullisError && error.code === "file.too-large") return error.message;
    throw error;
  }
}

function problemsWith(content: Uint8Array, gate: ArtifactGateSpec): string[] {
  const { minBytes = 1, jsonSchema, headings = [], contains = [], absent = [] } = gate;
  if (content.byteLength < minBytes) {
    return [`expected at least ${minBytes} bytes, found ${content.byteLength}`];
  }
  const type = typeOf(gate);
  if (type === null) return [];
  const text = textOf(content);
  if (text === null) return [`expected ${type}, found bytes that are no UTF-8 text`];
  const problems = type === "json" ? problemsWithJson(text, jsonSchema ?? null) : [];
  const found = headings.length === 0 ? [] : markdownHeadings(text);
  problems.push(
    ...headings.filter((heading) => !hasHeading(found, heading)).map((heading) => `no heading '${heading}'`),
    ...contains.filter((part) => !text.includes(part)).map((part) => `does not contain '${part}'`),
    ...absent.filter((part) => text.includes(part)).map((part) => `contains '${part}', which it must not`),
  );
  return problems;
}

/** What is asked of the content says what it has to be. Null: anything. */
function typeOf({ type, jsonSchema, headings, contains, absent }: ArtifactGateSpec): string | null {
  if (type !== undefined) return type;
  if (jsonSchema !== undefined) return "json";
  if (headings !== undefined) return "markdown";
  return contains === undefined && absent === undefined ? null : "text";
}
