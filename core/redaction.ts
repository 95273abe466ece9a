/** Takes secrets out of whatever is about to be stored, sent or shown. */
export interface Redactor {
  text(text: string): string;
  /** A copy with every string redacted, and every value under a secret's name. Shares what is unchanged. */
  value<T>(value: T): T;
}

const replacement = "[redacted]";
const secretName =
  /(?:(?:^|[_-])(?:api[_-]?key|token|secret|passw(?:or)?d|passphrase|credentials?|authorization)|[_-]key)$/i;
const secretShapes = [
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=:\/\/[^/\s:@]{1,100}:)[^/\s@]{1,400}(?=@)/g,
];

/** Short values would be found everywhere by chance. */
const shortestSecret = 8;

/** The values of variables whose name says that they are secret. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment)
    .filter(([name]) => secretName.test(name))
    .flatMap(([, value]) => (value !== undefined && value.length >= shortestSecret ? [value] : []));
}

/** Redacts the given values and what has the shape of a well-known key. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= shortestSecret);
  known.sort((a, b) => b.length - a.length);
  const text = (input: string): string => {
    let output = input;
    for (const secret of known) output = output.replaceAll(secret, replacement);
    for (const shape of secretShapes) output = output.replace(shape, replacement);
    return output;
  };
  return { text, value: <T>(value: T) => redactValue(value, text) as T };
}

function redactValue(value: unknown, text: (input: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactValue(item, text));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const redacted = entries.map(([name, member]): [string, unknown] => [
    name,
    redactMember(name, member, text),
  ]);
  return redacted.some(([, member], index) => member !== entries[index]?.[1])
    ? Object.fromEntries(redacted)
    : value;
}

function redactMember(name: string, member: unknown, text: (input: string) => string): unknown {
  const secret = typeof member === "string" && member.length >= shortestSecret && secretName.test(name);
  return secret ? replacement : redactValue(member, text);
}
