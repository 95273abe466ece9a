import { lstatSync, readFileSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import { PortcullisError } from "../core/errors.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Each is denied by a mount of its own. */
const maxSockets = 500;
const named = ["SSH_AUTH_SOCK", "DOCKER_HOST", "CONTAINER_HOST", "GPG_AGENT_INFO", "WAYLAND_DISPLAY"];
const buses = ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"];

/**
 * Where a command could reach a process of the host through a socket that has a path: a network namespace does not bar
 * those. Those that the kernel knows of, those that variables name, and the folders made for them. What the command may
 * write is its own. Error: `sandbox.too-many-sockets` (environment).
 */
export function hostSockets(
  environment: Variables,
  writable: readonly string[],
  table: string = unixTable(),
): readonly string[] {
  const own = (path: string): boolean => writable.some((folder) => isWithin(path, folder));
  const runtime = environment["XDG_RUNTIME_DIR"] ?? "";
  const usable = isAbsolute(runtime) && !writable.some((folder) => isWithin(folder, runtime));
  const folders = ["/run", "/var/run", ...(usable ? [runtime] : [])];
  // The command's /tmp is its own.
  const hidden = (path: string): boolean => [...folders, "/tmp"].some((folder) => isWithin(path, folder));
  const bound = boundSockets(table).filter(isSocket);
  const denied = [...new Set([...namedSockets(environment), ...bound])];
  const reachable = denied.filter((path) => !own(path) && !hidden(path));
  if (reachable.length > maxSockets) throw tooMany(reachable.length);
  return [...folders, ...reachable];
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

/** The paths in `/proc/net/unix`, whatever their type. One that was bound by a relative path cannot be found. */
export function boundSockets(table: string): readonly string[] {
  const paths = table.split("\n").flatMap((line) => /^[0-9a-f]+: (?:\S+ +){6}(\/.*)$/i.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

function unixTable(): string {
  try {
    return readFileSync("/proc/net/unix", "utf8");
  } catch {
    return "";
  }
}

/** Who bound it may have another root: there its path is another file's. */
function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

/** `unix://PATH`, a plain path (with more behind a colon), or a bus's `unix:path=PATH,guid=…;…`. */
function namedSockets(environment: Variables): readonly string[] {
  const plain = named.map(
    (name) => (environment[name] ?? "").replace(/^unix:(?:\/\/)?/, "").split(":")[0] ?? "",
  );
  const addresses = buses.flatMap((name) => (environment[name] ?? "").split(";"));
  const ofBuses = addresses.map((address) => /^unix:(?:.*,)?path=([^,]*)/.exec(address)?.[1] ?? "");
  return [...plain, ...ofBuses].filter((path) => isAbsolute(path));
}

function tooMany(count: number): PortcullisError {
  return new PortcullisError({
    code: "sandbox.too-many-sockets",
    kind: "environment",
    message: `${count} sockets of this machine would have to be kept from a command, at most ${maxSockets} can be`,
    remedy: "end what holds them, or run Portcullis where less runs (a container)",
  });
}
