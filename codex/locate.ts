import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { PortcullisError } from "../core/errors.ts";

export interface LocatedCodex {
  path: string;
  from: "option" | "environment" | "bundled" | "path";
}

/** The current Codex: workers run on it, and its sandbox runs gates. */
const bundledCurrent = "@openai/codex";

/**
 * The Codex that workers run on: the option, else PORTCULLIS_CODEX, else the bundled one, else `codex` on the PATH.
 * Error: `codex.not-found`.
 */
export function locateCodex(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): LocatedCodex {
  if (option !== undefined) return { path: executable(option, "--codex"), from: "option" };
  const named = environment["PORTCULLIS_CODEX"];
  if (named !== undefined && named !== "") {
    return { path: executable(named, "PORTCULLIS_CODEX"), from: "environment" };
  }
  const bundled = bundledBinary(bundledCurrent);
  if (bundled !== null) return { path: bundled.codex, from: "bundled" };
  const onPath = findOnPath("codex", environment["PATH"] ?? "");
  if (onPath !== null) return { path: onPath, from: "path" };
  throw notFound("no Codex is bundled for this platform and none is on the PATH");
}

export interface SandboxTools {
  codex: string;
  bwrap: string;
  /** The folder that holds both. */
  directory: string;
  /** Of util-linux. By its full path: it runs outside, and the command's PATH may lead into its checkout. */
  prlimit: string;
}

/** The bundled Codex and the bubblewrap that it brings. Error: `sandbox.not-found`. */
export function locateSandboxTools(): SandboxTools {
  const bundled = bundledBinary(bundledCurrent);
  const prlimit = findOnPath("prlimit", `/usr/bin:/bin:${process.env["PATH"] ?? ""}`);
  if (prlimit === null) {
    throw new PortcullisError({
      code: "sandbox.not-found",
      kind: "environment",
      message: "'prlimit', which bounds what a gate's command may use, is not on the PATH",
      remedy: "install util-linux",
    });
  }
  if (bundled !== null && existsSync(bundled.bwrap)) return { ...bundled, prlimit };
  throw new PortcullisError({
    code: "sandbox.not-found",
    kind: "environment",
    message: `the bundled Codex for ${process.platform}-${process.arch} with its bubblewrap is not installed`,
    remedy:
      "install again with optional dependencies (npm ci without --omit=optional), on Linux x64 or arm64",
  });
}

const targets: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

/** The native binary inside the platform's package; running it spares the wrapper's own Node. */
function bundledBinary(packageName: string): Omit<SandboxTools, "prlimit"> | null {
  const platform = `${process.platform}-${process.arch}`;
  const target = targets[platform];
  const wrapper = packageDirectory(createRequire(import.meta.url), packageName);
  if (target === undefined || wrapper === null) return null;
  const native = packageDirectory(createRequire(join(wrapper, "package.json")), `@openai/codex-${platform}`);
  if (native === null) return null;
  const directory = join(native, "vendor", target);
  const codex = join(directory, "bin", "codex");
  return existsSync(codex) ? { codex, bwrap: join(directory, "codex-resources", "bwrap"), directory } : null;
}

function packageDirectory(require: NodeJS.Require, name: string): string | null {
  try {
    return dirname(realpathSync(require.resolve(`${name}/package.json`)));
  } catch {
    return null;
  }
}

function executable(path: string, source: string): string {
  const full = resolve(path);
  if (isExecutable(full)) return full;
  throw notFound(`${source} names '${path}', which is no executable file`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findOnPath(name: string, path: string): string | null {
  // A relative folder would be one of whatever repository we stand in.
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function notFound(message: string): PortcullisError {
  return new PortcullisError({
    code: "codex.not-found",
    kind: "environment",
    message,
    remedy: "install Portcullis again, or name a Codex with --codex PATH",
  });
}
