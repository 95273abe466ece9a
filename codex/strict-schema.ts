/** The keywords of strict structured output (OpenAI's supported schemas); all others are left out, and the gate checks what they say all the same. */
const supported = new Set([
  "$defs",
  "$ref",
  "additionalProperties",
  "anyOf",
  "const",
  "description",
  "enum",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "items",
  "maxItems",
  "maximum",
  "minItems",
  "minimum",
  "multipleOf",
  "pattern",
  "properties",
  "required",
  "title",
  "type",
]);

/** Their values are data, not schemas. */
const literal = new Set(["const", "enum", "required", "type"]);
/** Members under names of their own choice, which are not keywords. */
const named = new Set(["$defs", "properties"]);

/** A JSON Schema as strict structured output takes it: what is valid by the one is valid by the other. Pure. */
export function strictSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictSchema);
  if (!isTable(schema)) return schema;
  const members = Object.entries(schema).filter(
    ([keyword, value]) => supported.has(keyword) && !(keyword === "pattern" && isRefused(value)),
  );
  return Object.fromEntries(members.map(([keyword, value]) => [keyword, memberOf(keyword, value)]));
}

function memberOf(keyword: string, value: unknown): unknown {
  if (literal.has(keyword)) return value;
  if (!named.has(keyword) || !isTable(value)) return strictSchema(value);
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, strictSchema(schema)]));
}

/** The API refuses the whole request for a look-around; back references and classes by property are no more its dialect. */
function isRefused(pattern: unknown): boolean {
  return typeof pattern !== "string" || /\(\?(?!:)|\\[1-9kpP]/.test(pattern);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
