import type { z } from "zod";
import { nearest } from "../nearest.ts";
import { keysAt, memberOf } from "./keys-at.ts";
import type { SourceProblem } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;

/**
 * A schema's foremost objection in words: what was expected, what was found, and what was probably meant. `written` says how each
 * member of the file is written, by its name.
 */
export function explainIssue(
  issues: readonly Issue[],
  about: { schema: z.core.$ZodType; value: unknown; written: Readonly<Record<string, string>> },
): SourceProblem {
  const issue = innermost(foremost(issues));
  const path = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys") return unknownKey(issue, about);
  const where = path.length === 0 ? "the file" : quoted(path.map(String).join("."));
  const remedy = about.written[String(path[0] ?? "")] ?? about.written[""] ?? "correct it there";
  if (issue?.code === "invalid_key") {
    const problem = issue.issues[0]?.message ?? issue.message;
    return { path, at: "key", problem: `${where}: ${problem}`, remedy };
  }
  const at = path.reduce<unknown>(memberOf, about.value);
  const choices = choicesOf(issue);
  const meant = typeof at === "string" ? nearest(at, choices) : null;
  return {
    path,
    at: "value",
    problem: `${where}: ${expectation(issue, choices)}, found ${shown(at)}`,
    remedy: meant === null ? remedy : `did you mean ${quoted(meant)}?`,
  };
}

function unknownKey(
  { path, keys: [key = ""] }: Extract<Issue, { code: "unrecognized_keys" }>,
  { schema, value }: { schema: z.core.$ZodType; value: unknown },
): SourceProblem {
  const known = keysAt(schema, value, path);
  const meant = nearest(key, known);
  const hint = meant === null ? "" : `did you mean ${quoted(meant)}? `;
  return {
    path: [...path, key],
    at: "key",
    problem: `unknown key ${quoted(key)}`,
    remedy: `${hint}there is ${known.map(quoted).join(", ")}`,
  };
}

/** Of a union, the objection of the member that the value is nearest to: that did not refuse its very type, and says least. */
function innermost(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const branches = issue.errors.filter(
    ([first]) => first !== undefined && !(first.path.length === 0 && first.code === "invalid_type"),
  );
  const [branch] = branches.toSorted((a, b) => weight(a) - weight(b));
  const told = foremost(branch ?? []);
  return told === undefined ? issue : innermost({ ...told, path: [...issue.path, ...told.path] });
}

/** An unknown key says more than what is missing in its place. */
function foremost(issues: readonly Issue[]): Issue | undefined {
  return issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function choicesOf(issue: Issue | undefined): string[] {
  if (issue?.code === "invalid_value") return issue.values.map(String);
  if (issue?.code === "invalid_union" && "options" in issue && Array.isArray(issue.options)) {
    return issue.options.map(String);
  }
  return [];
}

function expectation(issue: Issue | undefined, choices: readonly string[]): string {
  if (choices.length > 0) return `expected ${choices.map(quoted).join(" or ")}`;
  if (issue?.code === "invalid_type") return `expected ${named(issue.expected)}`;
  if (issue?.code === "invalid_union") return `expected ${typesOf(issue).join(" or ")}`;
  if (issue?.code === "too_small" || issue?.code === "too_big") return sized(issue);
  return issue?.message ?? "invalid";
}

function typesOf({ errors }: Extract<Issue, { code: "invalid_union" }>): string[] {
  return errors.flatMap(([first]) => (first?.code === "invalid_type" ? [named(first.expected)] : []));
}

/** Zod's own words unless the schema has better ones. */
function sized(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  if (!/^Too (?:small|big)/.test(issue.message)) return issue.message;
  const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : "";
  return `expected ${bound}${unit}`;
}

function named(type: string): string {
  const words: Readonly<Record<string, string>> = {
    array: "a list",
    boolean: "true or false",
    int: "a whole number",
    null: "nothing",
    number: "a number",
    object: "a mapping",
    record: "a mapping",
    string: "text",
  };
  return words[type] ?? type;
}

/** What stands there, short enough for a line. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return JSON.stringify(value).slice(0, 80);
}

function quoted(text: string): string {
  return `'${text}'`;
}
