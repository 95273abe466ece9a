import { parse } from "smol-toml";
import { PortcullisError } from "../core/errors.ts";

export type CodexConfig = Record<string, unknown>;

/**
 * `KEY=VALUE` pairs as `codex -c` takes them: a dotted key, and a TOML value or else plain text. Later ones win, tables
 * merge. Error: `codex-config.invalid`.
 */
export function parseConfigValues(pairs: readonly string[]): CodexConfig {
  return pairs.reduce<CodexConfig>((config, pair) => mergeConfig(config, parsePair(pair)), {});
}

export function mergeConfig(base: CodexConfig, over: CodexConfig): CodexConfig {
  // Not by assignment: a key named `__proto__` is a key like any other.
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    merged.set(key, isTable(before) && isTable(value) ? mergeConfig(before, value) : value);
  }
  return Object.fromEntries(merged);
}

const confining = ["sandbox_mode", "sandbox_workspace_write", "permissions", "shell_environment_policy"];

/** The user's settings under those that hold a worker in its place: none of theirs widens that. */
export function holdConfig(own: CodexConfig, held: CodexConfig): CodexConfig {
  const kept = Object.entries(own).filter(([key]) => !confining.includes(key));
  return mergeConfig(Object.fromEntries(kept), held);
}

/** Every `{worker}` in a value becomes the worker's name, so that a proxy or a script sees one address for each. */
export function configForWorker(config: CodexConfig, workerId: string): CodexConfig {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, fill(value, workerId)]));
}

function fill(value: unknown, workerId: string): unknown {
  if (typeof value === "string") return value.replaceAll("{worker}", encodeURIComponent(workerId));
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, workerId));
  return isTable(value) ? configForWorker(value, workerId) : value;
}

const keyShape = /^(?:[A-Za-z0-9_-]+|"[^"\n]+")(?:\.(?:[A-Za-z0-9_-]+|"[^"\n]+"))*$/;

function parsePair(pair: string): CodexConfig {
  const equals = pair.indexOf("=");
  const key = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if (equals < 1 || !keyShape.test(key)) throw invalid(pair);
  const whole = tableOf(`${key} = ${value}`);
  if (whole !== null && !/[\r\n]/.test(value)) return whole;
  const empty = tableOf(`${key} = ''`);
  if (empty === null) throw invalid(pair);
  return withText(empty, value);
}

function tableOf(toml: string): CodexConfig | null {
  try {
    return parse(toml);
  } catch {
    return null;
  }
}

/** The one value of these nested tables becomes that text. */
function withText(table: CodexConfig, text: string): CodexConfig {
  const entries = Object.entries(table);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isTable(value) ? withText(value, text) : text]),
  );
}

function isTable(value: unknown): value is CodexConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function invalid(pair: string): PortcullisError {
  return new PortcullisError({
    code: "codex-config.invalid",
    kind: "usage",
    message: `--codex-config: expected KEY=VALUE, found '${pair.slice(0, 80)}'`,
    remedy: "write for example --codex-config 'model_provider=local' (a dotted key and a TOML value)",
  });
}
