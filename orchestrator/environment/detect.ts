import type { RepositoryConfig } from "../../core/config/schema.ts";
import { unittestCommand } from "./unittest-command.ts";

export interface RepositoryFiles {
  /** All paths, relative to the root. */
  paths: readonly string[];
  /** Null where there is no such file. */
  read(path: string): Promise<string | null>;
}

export interface Detected {
  config: Pick<RepositoryConfig, "setup" | "commands">;
  /** What it was told by, e.g. `package-lock.json`. */
  from: string;
}

type Detector = (files: RepositoryFiles, has: (path: string) => boolean) => Promise<Detected | null>;

/** What a repository seems to need to be set up and tested; null where nothing is recognised. The first that fits. */
export async function detectConfig(files: RepositoryFiles): Promise<Detected | null> {
  const paths = new Set(files.paths);
  for (const detector of [detectNode, detectGo, detectCargo, detectPython, detectMake]) {
    const detected = await detector(files, (path) => paths.has(path));
    if (detected !== null && Object.keys(detected.config.commands).length > 0) return detected;
  }
  return null;
}

const installers = [
  { lock: "pnpm-lock.yaml", setup: "pnpm install --frozen-lockfile", run: "pnpm run" },
  { lock: "yarn.lock", setup: "yarn install --frozen-lockfile", run: "yarn run" },
  { lock: "package-lock.json", setup: "npm ci", run: "npm run" },
  { lock: "npm-shrinkwrap.json", setup: "npm ci", run: "npm run" },
] as const;

const usefulScripts = ["test", "lint", "typecheck", "build"];
const npmPlaceholder = "no test specified";

const detectNode: Detector = async ({ read }, has) => {
  const manifest = parseManifest(await read("package.json"));
  if (manifest === null) return null;
  const installer = installers.find(({ lock }) => has(lock));
  const run = installer?.run ?? "npm run";
  const scripts = usefulScripts.filter((name) => manifest.scripts[name]?.includes(npmPlaceholder) === false);
  const commands = scripts.map((name): [string, string] => [
    name,
    name === "test" && run === "npm run" ? "npm test" : `${run} ${name}`,
  ]);
  return {
    config: {
      setup: installer?.setup ?? (manifest.hasDependencies ? "npm install" : null),
      commands: Object.fromEntries(commands),
    },
    from: installer?.lock ?? "package.json",
  };
};

function parseManifest(
  text: string | null,
): { scripts: Record<string, string>; hasDependencies: boolean } | null {
  if (text === null) return null;
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest !== "object" || manifest === null) return null;
    const member = (name: string): Record<string, unknown> => {
      const value: unknown = Reflect.get(manifest, name);
      return typeof value === "object" && value !== null ? { ...value } : {};
    };
    const scripts = Object.entries(member("scripts")).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    const needs = [...Object.keys(member("dependencies")), ...Object.keys(member("devDependencies"))];
    return { scripts: Object.fromEntries(scripts), hasDependencies: needs.length > 0 };
  } catch {
    return null;
  }
}

const detectGo: Detector = (_files, has) =>
  resolved(
    has("go.mod")
      ? {
          config: {
            setup: has("go.sum") ? "go mod download" : null,
            commands: { test: "go test ./...", vet: "go vet ./..." },
          },
          from: "go.mod",
        }
      : null,
  );

const detectCargo: Detector = (_files, has) =>
  resolved(
    has("Cargo.toml")
      ? {
          config: {
            setup: has("Cargo.lock") ? "cargo fetch --locked" : "cargo fetch",
            commands: { test: "cargo test" },
          },
          from: "Cargo.toml",
        }
      : null,
  );

const detectPython: Detector = async ({ paths, read }, has) => {
  if (has("uv.lock")) {
    return {
      config: { setup: "uv sync --frozen", commands: { test: uvTest(paths) } },
      from: "uv.lock",
    };
  }
  const requirements = ["requirements-dev.txt", "requirements.txt"].find(has);
  const tests = paths.filter((path) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path));
  const wantsPytest =
    requirements !== undefined && ((await read(requirements)) ?? "").toLowerCase().includes("pytest");
  if (!wantsPytest && tests.length === 0) return null;
  const python = requirements === undefined ? "python3" : ".venv/bin/python";
  const setup =
    requirements === undefined ? null : `python3 -m venv .venv && .venv/bin/pip install -r ${requirements}`;
  return {
    config: {
      setup,
      commands: {
        test: wantsPytest ? `${python} -m pytest` : unittestCommand(python, tests, has),
      },
    },
    from: requirements ?? tests[0] ?? "tests",
  };
};

/**
 * Entry scripts and editable installs in `.venv` name the checkout of the set-up, which is gone: the interpreter itself is
 * asked, and told where the sources are.
 */
function uvTest(paths: readonly string[]): string {
  const underSrc = paths.some((path) => /^src\/[^/]+(?:\/__init__)?\.py$/.test(path));
  return `${underSrc ? "PYTHONPATH=src " : ""}uv run --offline --no-sync python -m pytest`;
}

const detectMake: Detector = async ({ read }, has) => {
  const file = ["GNUmakefile", "makefile", "Makefile"].find(has);
  const text = file === undefined ? null : await read(file);
  if (file === undefined || text === null) return null;
  const targets = ["test", "check", "lint"].filter((name) =>
    new RegExp(`^${name}\\s*::?(?!:*=)`, "m").test(text),
  );
  return {
    config: { setup: null, commands: Object.fromEntries(targets.map((name) => [name, `make ${name}`])) },
    from: file,
  };
};

function resolved(detected: Detected | null): Promise<Detected | null> {
  return Promise.resolve(detected);
}
