/** Takes secrets out of whatever is about to be stored, sent or shown. */
export interface Redactor {
  text(text: string): string;
  /** A copy with every string redacted, names too, and every text under a secret's name. Shares what is unchanged. */
  value<T>(value: T): T;
  /** `value` as JSON, cheaper where there is nothing to redact; null where it is no JSON. May throw as JSON.stringify does. */
  json(value: unknown): string | null;
}

/** Stands where a secret was. */
export const replacement = "[redacted]";
const secretNames = [
  /(?:^|[_-])(?:tokens?|pass|pwd|pat|auth|authorization|credentials?|cookie)$/i,
  /(?:api[_-]?keys?|secrets?|passw(?:or)?ds?|passphrase|[_-]key)$/i,
  /[a-z](?:Token|Authorization|Credentials?|PrivateKey|AccessKey)$/,
  /^SSHPASS$/,
];
const secretShapes = [
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bhf_[A-Za-z0-9]{30,}/g,
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b/g,
  /\bAIza[0-9A-Za-z_-]{35}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  /(?<=\bBearer )[A-Za-z0-9._~+/-]{16,}=*/gi,
  /(?<=\bauthorization\W{1,8}Basic )[A-Za-z0-9+/=]{8,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=:\/\/[^/\s:@]{0,100}:)[^/\s]{1,400}(?=@)/g,
  /(?<=:\/\/)[^/\s:@]{20,400}(?=@)/g,
];

/** Short values would be found everywhere by chance. */
const shortestSecret = 8;

/** The values of variables whose name says that they are secret. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return (
    Object.entries(environment)
      // The shell's own PWD is where we stand, and stands in every path.
      .filter(([name]) => isSecretName(name) && name !== "PWD")
      .flatMap(([, value]) => (value !== undefined && value.trim().length >= shortestSecret ? [value] : []))
  );
}

function isSecretName(name: string): boolean {
  return secretNames.some((shape) => shape.test(name));
}

/** Redacts the given values, as they are and as JSON and addresses write them, and what has the shape of a well-known key. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.flatMap(formsOf))].filter((secret) => secret.length >= shortestSecret);
  known.sort((a, b) => b.length - a.length);
  const text = (input: string): string => {
    let output = input;
    for (const secret of known) output = output.replaceAll(secret, replacement);
    for (const shape of secretShapes) output = output.replace(shape, replacement);
    return output;
  };
  const value = <T>(given: T): T => redactValue(given, text, false) as T;
  const mayHoldSecret = suspicionOf(known);
  return {
    text,
    value,
    json(given) {
      const written = JSON.stringify(given) as string | undefined;
      if (written === undefined) return null;
      return mayHoldSecret(written) ? (JSON.stringify(value(given)) ?? null) : written;
    },
  };
}

/** What every text of one of `secretShapes` has in it, also where it is escaped, and every name of `secretNames` before its colon. */
const secretSigns =
  /sk-|[rs]k_(?:live|test)_|gh[pousr]_|github_pat_|glpat-|npm_|hf_|A(?:KIA|SIA)|AIza|xox[abeprs]-|eyJ|bearer |authorization|PRIVATE KEY|:\/\/[^/]{0,4000}@|(?:tokens?|pass|pwd|pat|auth|credentials?|cookie|keys?|secrets?|passw(?:or)?ds?|passphrase)":/i;

/** Whether the JSON of a value may hold what is to be redacted. Never false where it does. */
function suspicionOf(known: readonly string[]): (json: string) => boolean {
  const escaped = [...new Set(known.map((secret) => JSON.stringify(secret).slice(1, -1)))];
  // Half a character has no JSON of its own.
  const always = known.some((secret) => !secret.isWellFormed());
  return (json) => always || secretSigns.test(json) || escaped.some((secret) => json.includes(secret));
}

/** Arguments of calls are JSON within JSON: two rounds of escapes. */
function formsOf(secret: string): string[] {
  const forms = [secret, secret.trim()].flatMap((form) => {
    const once = JSON.stringify(form).slice(1, -1);
    return [form, once, JSON.stringify(once).slice(1, -1)];
  });
  return secret.isWellFormed() ? [...forms, encodeURIComponent(secret.trim())] : forms;
}

type Change = (text: string) => string;

/** `hidden`: under a secret's name all text goes, however short it is and however deep. */
function redactValue(value: unknown, text: Change, hidden: boolean): unknown {
  if (typeof value === "string") return hidden && value !== "" ? replacement : text(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactValue(item, text, hidden));
    return items.some((item, index) => !Object.is(item, value[index])) ? items : value;
  }
  const entries = Object.entries(value);
  const redacted = entries.map(([name, member]): [string, unknown] => [
    text(name),
    redactValue(member, text, hidden || isSecretName(name)),
  ]);
  const same = redacted.every(([name, member], index) => {
    const [ownName, own] = entries[index] ?? [];
    return name === ownName && Object.is(member, own);
  });
  return same ? value : Object.fromEntries(apart(redacted));
}

/** Names that are equal once they are redacted get a number, so that no member is lost. */
function apart(entries: readonly [string, unknown][]): [string, unknown][] {
  const taken = new Set<string>();
  return entries.map(([name, member]) => {
    let own = name;
    for (let number = 2; taken.has(own); number += 1) own = `${name} ${number}`;
    taken.add(own);
    return [own, member];
  });
}
