import type { Failure } from "../core/events/run-events.ts";

const maxCharacters = 2000;

interface Mistake {
  shape: RegExp;
  remedy: (found: string) => string;
}

const configured = "with --codex-config or in config.toml of CODEX_HOME";

/** Settings that no other try will make better, by Codex's own words (0.153.4 and 0.169.0). The first that fits. */
const mistakes: readonly Mistake[] = [
  {
    shape: /Model provider `([^`]*)` not found/,
    remedy: (name) =>
      `set model_providers.${name} (name, base_url, wire_api = "responses", env_key) ${configured}, or leave model_provider out`,
  },
  {
    shape: /`wire_api = "chat"` is no longer supported[\s\S]*?(?:in `(model_providers\.[^`]*wire_api)`|$)/,
    remedy: (setting) => `set ${setting || "the provider's wire_api"} to "responses" ${configured}`,
  },
  {
    shape: /Missing environment variable: `([^`]*)`/,
    remedy: (name) =>
      `set the variable ${name}, which the provider's env_key names, or name another one there`,
  },
  {
    shape: /failed to load (?:codex )?configuration[^:]*: ([\s\S]*)/i,
    remedy: () => `correct the setting that it names, ${configured}`,
  },
  {
    shape:
      /model_not_found|\bmodel ['"`]?[^\s'"`]{1,200}['"`]? (?:does not exist|not found)|' model is not supported/i,
    remedy: () => `name a model that the provider has, with --model, or as 'model' ${configured}`,
  },
];

const notAllowed = /\b(?:401|403)\b|unauthori[sz]ed|not logged in|invalid api key/i;

/** A setting that is wrong, in one line with its remedy and not to be tried again; null for any other failure. */
export function misconfigured(said: string): Failure | null {
  for (const { shape, remedy } of mistakes) {
    const found = shape.exec(said);
    if (found === null) continue;
    const message = oneLine(said);
    return { code: "model.misconfigured", message, remedy: remedy(found[1] ?? ""), retryable: false };
  }
  return null;
}

/** What Codex says of a turn that failed, as a failure. */
export function modelFailure(said: string): Failure {
  const wrong = misconfigured(said);
  if (wrong !== null) return wrong;
  const message = oneLine(said) || "the turn failed without a word";
  if (notAllowed.test(said)) {
    const remedy =
      "log in with `codex login` or `codex login --with-api-key`; for a provider of your own, set the variable that its env_key names";
    return { code: "model.not-allowed", message, remedy, retryable: false };
  }
  const remedy = "look at the run's wire events; Codex has retried by itself already";
  return { code: "model.failed", message, remedy, retryable: true };
}

/** A server's JSON gives its message, anything else its first line. */
function oneLine(said: string): string {
  const text = messageIn(said) ?? said;
  return (text.trim().split(/\r?\n/, 1)[0] ?? "").slice(0, maxCharacters);
}

function messageIn(said: string): string | null {
  try {
    const { error } = JSON.parse(said) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : null;
  } catch {
    return null;
  }
}
