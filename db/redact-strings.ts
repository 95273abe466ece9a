import { replacement } from "../core/redaction.ts";

type Change = (text: string) => string;

/** Members of our events whose own members are named by people; all other names are the schema's, and stay. */
export const namedByPeople: ReadonlySet<string> = new Set(["commands"]);

/**
 * A copy of JSON-like data with every string passed through `text`, and every name that people chose. Unlike `Redactor.value`
 * it does not look at what a name says: in our own events a member called `key`, or a command called `rotate-token`, holds no
 * secret, and must stay what it is.
 */
export function redactStrings(value: unknown, text: Change, own = false): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactStrings(item, text));
  if (value === null || typeof value !== "object") return value;
  const names = own ? redactNames(Object.keys(value), text) : new Map<string, string>();
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [
      names.get(name) ?? name,
      redactStrings(member, text, namedByPeople.has(name)),
    ]),
  );
}

/** A name that was redacted is still one (of a command, say): no brackets, and none that another member has. */
function redactNames(names: readonly string[], text: Change): ReadonlyMap<string, string> {
  const plain = names.map((name): [string, string] => [name, text(name).replaceAll(replacement, "redacted")]);
  const changed = plain.filter(([name, own]) => own !== name);
  const taken = new Set(plain.filter(([name, own]) => own === name).map(([name]) => name));
  return new Map(
    changed.map(([name, base]) => {
      let own = base;
      for (let number = 2; taken.has(own); number += 1) own = `${base}-${number}`;
      taken.add(own);
      return [name, own];
    }),
  );
}
