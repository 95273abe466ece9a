import { createHash } from "node:crypto";

/** Lower-case hex SHA-256 of bytes or of UTF-8 text. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * JSON with object keys in code-unit order, so that equal values have equal text and equal digests.
 * Members that are `undefined` are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
