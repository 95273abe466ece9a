import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { PortcullisError } from "./errors.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** `$XDG_STATE_HOME/portcullis`, or `~/.local/state/portcullis`. */
export function defaultStateDirectory(environment: Variables): string {
  const base = environment["XDG_STATE_HOME"];
  const home = environment["HOME"] ?? homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, ".local", "state"), "portcullis");
}

/**
 * The real path of a state folder that may be used; it need not exist, and nothing is made. Errors: `state.in-repository`,
 * `state.in-temporary` (workers may write there, and the sandbox replaces it), `state.unwritable`.
 */
export function checkStateDirectory(directory: string, repositoryRoot: string | null): string {
  const path = realPathOf(resolve(directory));
  if (repositoryRoot !== null && contains(realPathOf(repositoryRoot), path)) {
    throw refused("state.in-repository", path, "lies inside the repository", "usage");
  }
  const temporary = ["/tmp", "/var/tmp", tmpdir()].map(realPathOf).find((folder) => contains(folder, path));
  if (temporary !== undefined) throw refused("state.in-temporary", path, `lies under ${temporary}`, "usage");
  if (!isWritable(path)) throw refused("state.unwritable", path, "cannot be written", "environment");
  return path;
}

/** Links resolved as far as the path exists. */
function realPathOf(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPathOf(parent), path.slice(parent.length).replaceAll(sep, ""));
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !isAbsolute(way));
}

function isWritable(path: string): boolean {
  let nearest = path;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return statSync(nearest).isDirectory();
  } catch {
    return false;
  }
}

function refused(code: string, path: string, what: string, kind: "usage" | "environment"): PortcullisError {
  const message = `the state folder '${path}' ${what}`;
  return new PortcullisError({ code, kind, message, remedy: "name another folder with --state-dir" });
}
