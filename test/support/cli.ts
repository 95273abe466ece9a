import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Script } from "../../replay/script.ts";
import { serveScript, type ScriptReport } from "../../replay/serve-script.ts";
import { scratchDirectory } from "./scratch.ts";

const bin = join(import.meta.dirname, "..", "..", "bin", "portcullis.mjs");

export interface Ran {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  onStart?: (child: ChildProcess) => void;
  onStdout?: (soFar: string) => void;
  input?: string;
  /** On a terminal of its own; what is typed is written to the child's standard input. */
  terminal?: boolean;
}

/** Runs the command line as a user would, with no key in its environment. */
export function portcullis(args: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const { PATH = "", HOME = "" } = process.env;
  const line = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const [program, words]: [string, string[]] =
    options.terminal === true ? ["script", ["-qec", line, "/dev/null"]] : [process.execPath, [bin, ...args]];
  const child = spawn(program, words, {
    cwd: options.cwd ?? "/",
    env: { PATH, HOME, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (options.terminal !== true) child.stdin.end(options.input ?? "");
  options.onStart?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    options.onStdout?.(stdout);
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr })));
}

export interface ScriptedRun extends Ran {
  report: ScriptReport;
  stateDirectory: string;
}

/** `portcullis run` against a script, with a Codex home and a state folder of the test's own. */
export async function runScripted(
  script: Script,
  args: readonly string[],
  options: CliOptions & { stateDirectory?: string } = {},
): Promise<ScriptedRun> {
  const stateDirectory = options.stateDirectory ?? scratchDirectory("state");
  const server = await serveScript(script);
  try {
    const settings = Object.entries(server.config.model_providers.script).map(
      ([key, value]) => `model_providers.script.${key}="${value}"`,
    );
    const config = ['model_provider="script"', ...settings].flatMap((pair) => ["--codex-config", pair]);
    const all = ["run", ...args, "--state-dir", stateDirectory, "--model", server.model, ...config];
    const env = { CODEX_HOME: scratchDirectory("codex-home"), ...options.env };
    const ran = await portcullis(all, { ...options, env });
    return { ...ran, report: server.report(), stateDirectory };
  } finally {
    await server.close();
  }
}
