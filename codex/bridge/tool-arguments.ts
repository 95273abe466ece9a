import type { z } from "zod";

export type ParsedArguments<T> = { ok: true; value: T } | { ok: false; problem: string };

/** A tool's arguments, or what is wrong with them in the words of `codex mcp-server`, with the field's name. Pure. */
export function parseArguments<T>(schema: z.ZodObject & z.ZodType<T>, args: unknown): ParsedArguments<T> {
  const given = args ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const problem =
    issue === undefined ? "they are invalid" : problemOf(issue, given, Object.keys(schema.shape));
  return { ok: false, problem: `Failed to parse configuration for Codex tool: ${problem}` };
}

function problemOf(issue: z.core.$ZodIssue, given: unknown, fields: readonly string[]): string {
  const field = issue.path.map(String).join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown field \`${issue.keys[0] ?? ""}\`, expected one of ${quoted(fields)}`;
    case "invalid_value":
      return `unknown variant \`${String(valueAt(given, issue.path))}\` for \`${field}\`, expected one of ${quoted(issue.values.map(String))}`;
    case "invalid_type": {
      const value = valueAt(given, issue.path);
      if (value === undefined) return `missing field \`${field}\``;
      return `invalid type for \`${field}\`: ${kindOf(value)}, expected a ${issue.expected === "record" ? "map" : issue.expected}`;
    }
    default:
      return field === "" ? issue.message : `\`${field}\`: ${issue.message}`;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "sequence" : typeof value;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
