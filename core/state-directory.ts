import { accessSync, chmodSync, constants, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { messageOf, PortcullisError } from "./errors.ts";

/** `$XDG_STATE_HOME/portcullis`, or `~/.local/state/portcullis`. A relative XDG_STATE_HOME is ignored, as its specification says. */
export function defaultStateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const stateHome = environment["XDG_STATE_HOME"];
  if (stateHome !== undefined && isAbsolute(stateHome)) return join(stateHome, "portcullis");
  const home = environment["HOME"];
  const base = home !== undefined && isAbsolute(home) ? home : homedir();
  return join(base, ".local", "state", "portcullis");
}

/**
 * Refuses a folder that cannot hold state, links followed, and creates nothing. Errors: `state-directory.in-repository`,
 * `state-directory.temporary` and `state-directory.not-folder` (usage), `state-directory.unwritable` (environment).
 */
export function assertStateDirectory(request: { directory: string; repositoryRoot?: string }): void {
  const directory = resolve(request.directory);
  const place = locate(directory);
  if (request.repositoryRoot !== undefined && isInside(place.real, locate(request.repositoryRoot).real)) {
    throw refused(
      "in-repository",
      `expected a state directory outside the repository ${request.repositoryRoot}, found ${directory}`,
    );
  }
  const temporary = [tmpdir(), "/tmp", "/var/tmp"].find((folder) =>
    isInside(place.real, locate(folder).real),
  );
  if (temporary !== undefined) {
    throw refused(
      "temporary",
      `expected a state directory that workers cannot write, found ${directory} under the temporary folder ${temporary}`,
    );
  }
  assertWritableFolder(directory, place.existing);
}

/** The database in it; a folder that holds one is ours. */
export const databaseFile = "portcullis.sqlite";

/**
 * Makes the folder where it is missing, for its owner alone: prompts and outputs lie in it. One that is there is closed to
 * others where it is ours or empty. Error: `state-directory.unwritable` (environment).
 */
export function makeStateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const names = readdirSync(directory);
    const ours = names.length === 0 || names.includes(databaseFile);
    if (ours && (statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

function unwritable(directory: string, cause: unknown): PortcullisError {
  return new PortcullisError({
    code: "state-directory.unwritable",
    kind: "environment",
    message: `expected a state directory that can be written, found ${directory}: ${messageOf(cause)}`,
    remedy: "make it writable, or name another folder with --state-dir",
    cause,
  });
}

function assertWritableFolder(directory: string, existing: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(existing).isDirectory();
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(directory, error);
  }
  if (!isFolder) {
    throw refused("not-folder", `expected a folder for state at ${directory}, found a file at ${existing}`);
  }
}

/** The nearest part of a path that exists, and the path as it is, or would be, with all links followed. */
function locate(path: string): { existing: string; real: string } {
  const missing: string[] = [];
  let existing = resolve(path);
  for (;;) {
    try {
      return { existing, real: join(realpathSync(existing), ...missing) };
    } catch (error) {
      const parent = dirname(existing);
      // Anything but "there is no such file" (no access, a circle of links) is for the check of access to tell.
      if (!isMissing(error) || parent === existing) return { existing, real: resolve(path) };
      missing.unshift(basename(existing));
      existing = parent;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refused(what: string, message: string): PortcullisError {
  const remedy = "name another folder with --state-dir, or set XDG_STATE_HOME";
  return new PortcullisError({ code: `state-directory.${what}`, kind: "usage", message, remedy });
}
