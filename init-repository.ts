import { lstat, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, PortcullisError } from "./core/errors.ts";
import { detectConfig } from "./orchestrator/environment/detect.ts";
import { renderConfig } from "./orchestrator/environment/render-config.ts";
import { gitParts } from "./orchestrator/workspace/git.ts";
import { openRepository, userGit } from "./orchestrator/workspace/repository.ts";

export interface Initialized {
  path: string;
  text: string;
}

/**
 * Detects set-up and commands in the work tree and writes `portcullis.yaml` at the repository's root. Errors of kind usage:
 * `init.exists` (unless `force`), `init.nothing-detected`; of kind environment: `init.unwritable`.
 */
export async function initRepository(options: { directory: string; force?: boolean }): Promise<Initialized> {
  const { root } = await openRepository(options.directory);
  const paths = await gitParts(
    ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
    userGit(root),
  );
  const detected = await detectConfig({
    paths,
    read: (path) => readFile(join(root, path), "utf8").catch(() => null),
  });
  if (detected === null) {
    throw initError(
      "nothing-detected",
      `no test command was recognised in ${root}`,
      "write portcullis.yaml by hand, e.g. 'commands:' and below it '  test: ./run-tests'",
    );
  }
  const path = join(root, "portcullis.yaml");
  const text = renderConfig(detected);
  try {
    if (options.force === true) await removeOld(path);
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    throw writeError(path, error);
  }
  return { path, text };
}

function writeError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EEXIST") {
    return initError("exists", `${path} exists already`, "edit it, or write it anew with --force");
  }
  if (cause instanceof PortcullisError || typeof code !== "string") return cause;
  return new PortcullisError({
    code: "init.unwritable",
    kind: "environment",
    message: `expected to write ${path}, found that it cannot be written: ${messageOf(cause)}`,
    remedy: "make the folder writable and its disk have room, then try again",
    cause,
  });
}

/** A link in its place goes, and not what it leads to. */
async function removeOld(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isDirectory() === true) {
    throw initError("exists", `expected a file at ${path}, found a folder`, "move the folder away");
  }
  await rm(path, { force: true });
}

function initError(code: string, message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code: `init.${code}`, kind: "usage", message, remedy });
}
