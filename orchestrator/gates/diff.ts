import type { MeasuredChange } from "../../core/change.ts";
import {
  changedModes,
  linkMode,
  misleadingNames,
  outsidePaths,
  tooMuch,
  type DiffObjection,
} from "../../core/diff-check.ts";
import { PortcullisError } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import { diffRules } from "../../core/gates/diff.ts";
import { limits } from "../../core/limits.ts";
import { isBinary } from "../../core/media-type.ts";
import { findSecrets, linesOf } from "./find-secrets.ts";
import { verdictOf, type Gate, type GateCase } from "./gate.ts";

type Contents = ReadonlyMap<string, Uint8Array>;

/** The change as a whole: how much it is, what it is made of, and what it must not bring along. */
export const diffGate: Gate = async ({ effect, world, name }) => {
  if (effect.gate.kind !== "diff") throw new Error(`'${effect.gate.kind}' is no gate of the diff`);
  const rules = diffRules(effect.gate);
  const { workspace } = world;
  const changes = await workspace.measureChanges(effect.base, effect.commit);
  const contents = await contentsOf(workspace, changes);
  const objections: DiffObjection[] = [...tooMuch(changes, linesIn(changes, contents), rules)];
  if (rules.paths !== null) objections.push(...outsidePaths(changes, rules.paths));
  if (rules.names === "refuse") {
    objections.push(...misleadingNames(changes, await workspace.listFiles(effect.commit)));
  }
  const looksInside = [rules.binary, rules.secrets, rules.modes].includes("refuse");
  if (contents === null && looksInside) {
    const problem = `the files of the change have more than ${limits.diffBytes} bytes together, so that nobody can look into them`;
    objections.push({ path: null, problem });
  }
  if (rules.modes === "refuse") objections.push(...changedModes(changes, targetsOf(changes, contents)));
  if (contents !== null && rules.binary === "refuse") objections.push(...binaries(changes, contents));
  if (contents !== null && rules.secrets === "refuse") objections.push(...(await secrets(changes, contents)));
  return verdictOf(objections.map(({ path, problem }) => finding(name, problem, { path })));
};

/** Null where it is too much to be looked into. */
async function contentsOf(
  workspace: GateCase["world"]["workspace"],
  changes: readonly MeasuredChange[],
): Promise<Contents | null> {
  const sides = changes.flatMap(({ before, after }) => [before, after]);
  const objects = sides.flatMap((side) => (side === null || side.mode === "160000" ? [] : [side.object]));
  try {
    return await workspace.readObjects(objects, limits.diffBytes);
  } catch (error) {
    if (error instanceof PortcullisError && error.code === "file.too-large") return null;
    throw error;
  }
}

/** What an attribute calls binary and is text counts whole; a binary has no lines. */
function linesIn(changes: readonly MeasuredChange[], contents: Contents | null): number {
  let sum = 0;
  for (const { before, after, lines } of changes) {
    const sides = [before, after].flatMap((side) => (side === null ? [] : [contents?.get(side.object)]));
    const texts = sides.filter((content) => content !== undefined && !isBinary(content));
    if (lines !== null && (contents === null || texts.length === sides.length)) {
      sum += lines.added + lines.deleted;
    } else for (const text of texts) sum += lineCount(text);
  }
  return sum;
}

function lineCount(content: Uint8Array | undefined): number {
  let count = 0;
  for (const byte of content ?? []) if (byte === 0x0a) count += 1;
  return count;
}

function targetsOf(changes: readonly MeasuredChange[], contents: Contents | null): Map<string, string> {
  const links = changes.flatMap(({ after }) => (after?.mode === linkMode ? [after.object] : []));
  return new Map(links.map((object) => [object, new TextDecoder().decode(contents?.get(object))]));
}

function binaries(changes: readonly MeasuredChange[], contents: Contents): DiffObjection[] {
  return changes.flatMap(({ path, after }) => {
    const content = after === null ? undefined : contents.get(after.object);
    return content !== undefined && isBinary(content) ? [{ path, problem: "the file is binary" }] : [];
  });
}

/** Lines of the base are known, wherever they have moved to. */
async function secrets(changes: readonly MeasuredChange[], contents: Contents): Promise<DiffObjection[]> {
  const old = new Set(changes.flatMap(({ before }) => (before === null ? [] : [before.object])));
  const known = new Set([...old].flatMap((object) => linesOf(searched(contents.get(object)))));
  const objections: DiffObjection[] = [];
  for (const { path, after } of changes) {
    if (after === null || old.has(after.object)) continue;
    for (const { line, rule } of await findSecrets(searched(contents.get(after.object)), known)) {
      objections.push({ path, problem: `line ${line} has what looks like a secret (${rule})` });
    }
  }
  return objections;
}

/** Without NUL, so that a secret in UTF-16 or in a binary is found as well. */
function searched(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content).replaceAll("\0", "");
}
