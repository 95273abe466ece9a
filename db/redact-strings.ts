/**
 * A copy of JSON-like data with every string passed through `text`. Unlike `Redactor.value` it does not look at names:
 * in our own events a member called `key`, or a command called `rotate-token`, holds no secret, and must stay what it is.
 */
export function redactStrings(value: unknown, text: (input: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactStrings(item, text));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [name, redactStrings(member, text)]),
  );
}
