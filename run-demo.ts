import { cp, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { ownMark } from "./core/families.ts";
import { assertStateDirectory, defaultStateDirectory, makeStateDirectory } from "./core/state-directory.ts";
import { demoGoal, demoScript } from "./replay/demo-script.ts";
import { serveScript, type ScriptReport } from "./replay/serve-script.ts";
import { startRun, type RunOptions, type RunResult } from "./start-run.ts";

export type DemoOptions = Pick<
  RunOptions,
  "stateDirectory" | "codexPath" | "environment" | "signal" | "onEvent" | "onActivity" | "onNotice"
>;

export interface DemoResult extends RunResult {
  repository: string;
  report: ScriptReport;
}

/**
 * The built-in example: a fresh repository with a real dependency and failing tests, a real Codex, and a script in the
 * model's place. No network, no key.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const environment = options.environment ?? process.env;
  const stateDirectory = resolve(options.stateDirectory ?? defaultStateDirectory(environment));
  assertStateDirectory({ directory: stateDirectory });
  const home = join(stateDirectory, "demo", new Date().toISOString().replaceAll(/[:.]/g, "-"));
  const repository = join(home, "repository");
  const codexHome = join(stateDirectory, "demo", "codex-home");
  makeStateDirectory(stateDirectory);
  await mkdir(codexHome, { recursive: true });
  await makeDemoRepository(repository);
  const script = await serveScript(demoScript);
  try {
    const result = await startRun({
      ...options,
      goal: demoGoal,
      repository,
      stateDirectory,
      codexHome,
      model: script.model,
      codexSettings: script.config,
    });
    return { ...result, repository, report: script.report() };
  } finally {
    await script.close();
  }
}

/** The example's files, with picomatch packed from our own dependencies, committed once. */
export async function makeDemoRepository(directory: string): Promise<void> {
  await cp(await templateDirectory(), directory, { recursive: true });
  await writeFile(join(directory, ".gitignore"), "node_modules/\n");
  const vendor = join(directory, "vendor");
  await mkdir(vendor);
  const packageRoot = dirname(createRequire(import.meta.url).resolve("picomatch/package.json"));
  const quiet = { cwd: directory, env: ownMark, stdin: "ignore", timeout: 60_000 } as const;
  await execa(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", vendor, packageRoot],
    quiet,
  );
  const [packed = ""] = await readdir(vendor);
  await rename(join(vendor, packed), join(vendor, "picomatch.tgz"));
  await execa("npm", ["install", "--package-lock-only", "--offline", "--ignore-scripts", "--silent"], quiet);
  const identity = ["-c", "user.name=Demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false"];
  await execa("git", ["init", "--quiet", "--initial-branch=main"], quiet);
  await execa("git", ["add", "-A"], quiet);
  await execa(
    "git",
    [...identity, "commit", "--quiet", "-m", "A path selector whose ! patterns do not work"],
    quiet,
  );
}

/** Beside this file in a checkout, one folder up in the package. */
async function templateDirectory(): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = here.endsWith(`${sep}dist`) ? dirname(here) : here;
  return Promise.resolve(join(root, "examples", "demo-repository"));
}
