/** Keywords that strict structured output refuses (OpenAI's documentation of supported schemas); the gate checks them all the same. */
const unsupported = new Set(["$schema", "minLength", "maxLength", "default", "format", "propertyNames"]);

/** A JSON Schema as strict structured output takes it. Pure. */
export function strictSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const members = Object.entries(schema).filter(([keyword]) => !unsupported.has(keyword));
  return Object.fromEntries(
    members.map(([keyword, value]): [string, unknown] => [
      keyword,
      keyword === "properties" ? strictProperties(value) : strictSchema(value),
    ]),
  );
}

/** The names of properties are not keywords. */
function strictProperties(properties: unknown): unknown {
  if (typeof properties !== "object" || properties === null) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]): [string, unknown] => [name, strictSchema(value)]),
  );
}
