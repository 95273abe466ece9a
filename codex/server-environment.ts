import { resolve } from "node:path";

const passed = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TERM",
  "TZ",
  "CODEX_HOME",
  "OPENAI_API_KEY",
  "CODEX_API_KEY",
  "OPENAI_BASE_URL",
  "OPENAI_ORGANIZATION",
  "OPENAI_PROJECT",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CODEX_CA_CERTIFICATE",
];

/**
 * What the Codex server itself gets of our environment: an allow list, and the key variables that its configuration names
 * (`env_key`). Its workers' commands get far less (permissions.ts).
 */
export function serverEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, unknown>>,
  codexHome: string | undefined,
): Record<string, string> {
  const names = [...passed, ...keyVariables(config)];
  const entries = names.flatMap((name): [string, string][] => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  const { CODEX_HOME: inherited, ...others } = Object.fromEntries(entries);
  // Codex takes an empty one for none, and a relative one from where it stands: the work tree.
  const home = codexHome || inherited;
  return { ...others, ...(home ? { CODEX_HOME: resolve(home) } : {}) };
}

function keyVariables(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
    key === "env_key" && typeof member === "string" ? [member] : keyVariables(member),
  );
}
