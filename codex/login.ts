import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "smol-toml";
import { PortcullisError } from "../core/errors.ts";
import { ownMark } from "../core/families.ts";
import type { CodexConfig } from "./config-values.ts";

const statusTimeoutMs = 10_000;
const builtIn = "openai";

export interface LoginQuestion {
  path: string;
  env: Readonly<Record<string, string>>;
  codexHome: string;
  config: CodexConfig;
}

/**
 * Asks Codex whether it is logged in, where its built-in provider is used: that one takes neither OPENAI_API_KEY nor
 * CODEX_API_KEY (docs/codex-wire.md). What Codex does not say is no refusal. Error: `codex.not-logged-in` (environment).
 */
export async function requireLogin({ path, env, codexHome, config }: LoginQuestion): Promise<void> {
  if (!needsLogin(config, settingsIn(codexHome))) return;
  const said = await loginStatus(path, env);
  if (said === null) return;
  throw new PortcullisError({
    code: "codex.not-logged-in",
    kind: "environment",
    message: `expected a Codex with a login in ${codexHome}, found: ${said}`,
    remedy:
      "log in with `codex login` or `codex login --with-api-key`, or name a provider of your own with --codex-config model_provider=…",
  });
}

/** Another provider has a key of its own or none, and whoever stands at another address of the built-in one may add it. */
function needsLogin(given: CodexConfig, kept: CodexConfig): boolean {
  const profile = member(kept, "profiles")[String(given["profile"] ?? kept["profile"])];
  const settings = { ...kept, ...(isTable(profile) ? profile : {}), ...given };
  return (settings["model_provider"] ?? builtIn) === builtIn && settings["openai_base_url"] === undefined;
}

/** What it says where there is no login that it can use; null where there is one, or an answer that we do not know. */
async function loginStatus(path: string, env: LoginQuestion["env"]): Promise<string | null> {
  const options = { env: { ...env, ...ownMark }, timeout: statusTimeoutMs, killSignal: "SIGKILL" as const };
  try {
    await promisify(execFile)(path, ["login", "status"], options);
    return null;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
    return (
      lines.find((line) => /not logged in|error checking login status/i.test(line))?.slice(0, 300) ?? null
    );
  }
}

function settingsIn(codexHome: string): CodexConfig {
  try {
    return parse(readFileSync(join(codexHome, "config.toml"), "utf8"));
  } catch {
    return {};
  }
}

function member(table: CodexConfig, name: string): CodexConfig {
  const value = table[name];
  return isTable(value) ? value : {};
}

function isTable(value: unknown): value is CodexConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
