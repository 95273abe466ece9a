import { messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { packetSchema, type PacketKind, type Packets } from "./packets.ts";

export type Parsed<T> = { ok: true; packet: T } | { ok: false; problems: readonly string[] };

const fenced = /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$/;
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads an agent's answer as a packet: one JSON value, bare or as a single fenced block, and nothing beside it.
 * Pure; never throws. Problems are lines for the worker: where, and what was expected.
 */
export function parsePacket<K extends PacketKind>(kind: K, answer: string | null): Parsed<Packets[K]> {
  if (answer === null || answer.trim() === "")
    return refuse(`expected a ${kind} as JSON, found an empty answer`);
  const bytes = Buffer.byteLength(answer);
  if (bytes > limits.answerBytes) {
    return refuse(`expected at most ${limits.answerBytes} bytes, found ${bytes}`);
  }
  const value = parseJson(answer.trim());
  if (!value.ok) return value;
  const parsed = packetSchema(kind).safeParse(value.packet);
  if (parsed.success) return { ok: true, packet: parsed.data };
  const problems = parsed.error.issues.map((issue) => `${where(issue.path)}: ${issue.message}`);
  return { ok: false, problems: problems.slice(0, limits.findingsPerGate) };
}

function parseJson(text: string): Parsed<unknown> {
  const inner = fenced.exec(text)?.[1] ?? text;
  let forbidden: string | null = null;
  try {
    const packet: unknown = JSON.parse(inner, (key, member: unknown) => {
      if (forbiddenKeys.has(key)) forbidden = key;
      return member;
    });
    if (forbidden !== null) return refuse(`the key '${String(forbidden)}' is not allowed`);
    const twice = duplicateKey(inner);
    if (twice !== null) return refuse(`the key '${twice.slice(0, 100)}' stands twice in one object`);
    return { ok: true, packet };
  } catch (error) {
    return refuse(`expected one JSON value and nothing else: ${messageOf(error)}`);
  }
}

function where(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "(root)" : path.map(String).join(".");
}

function refuse(problem: string): { ok: false; problems: readonly string[] } {
  return { ok: false, problems: [problem] };
}
