import type { Script } from "../../replay/script.ts";
import { serveScript, type ScriptReport } from "../../replay/serve-script.ts";
import { portcullis, type CliOptions, type Ran } from "./cli.ts";
import { scratchDirectory } from "./scratch.ts";

/** Several commands against one script, one state folder and one Codex home. */
export interface ScriptedSession {
  stateDirectory: string;
  /** `portcullis run …` with the script as the model. */
  run(args: readonly string[], options?: CliOptions): Promise<Ran>;
  /** Any other command. */
  call(args: readonly string[], options?: CliOptions): Promise<Ran>;
  report(): ScriptReport;
  close(): Promise<void>;
}

export async function scriptedSession(script: Script): Promise<ScriptedSession> {
  const stateDirectory = scratchDirectory("state");
  const env = { CODEX_HOME: scratchDirectory("codex-home") };
  const server = await serveScript(script);
  const settings = Object.entries(server.config.model_providers.script).map(
    ([key, value]) => `model_providers.script.${key}="${value}"`,
  );
  const config = ['model_provider="script"', ...settings].flatMap((pair) => ["--codex-config", pair]);
  const call = (args: readonly string[], options: CliOptions = {}): Promise<Ran> =>
    portcullis([...args, "--state-dir", stateDirectory], { ...options, env: { ...env, ...options.env } });
  return {
    stateDirectory,
    call,
    run: (args, options) => call(["run", ...args, "--model", server.model, ...config], options),
    report: () => server.report(),
    close: () => server.close(),
  };
}
