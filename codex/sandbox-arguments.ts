import { sep } from "node:path";
import { markName } from "../core/families.ts";
import type { SandboxedCommand } from "../core/ports/command-sandbox.ts";
import { outermost } from "./permissions.ts";
import type { SandboxTools } from "./locate.ts";

const maxProcesses = 2000;
const maxFileBytes = 1024 ** 3;
/**
 * A line on descriptor 3 says that the sandbox stands; what ends before that says nothing about the command. One pipe for
 * both of its outputs keeps their order.
 */
const startSign = `echo >&3; unset ${markName}; exec /bin/bash -c "$0" 2>&1 3>&-`;

/**
 * The argument list that runs a command twice confined (measured, docs/codex-wire.md): bubblewrap outside for namespaces
 * (network with a loopback of its own, pids, ipc, a private /tmp), Codex's sandbox inside for the file system. First of
 * the list is the program. File descriptor 3 gets a line when the command starts.
 */
export function sandboxArguments(command: SandboxedCommand, tools: SandboxTools): readonly string[] {
  const { directory, temporaryDirectory } = command;
  return [
    tools.prlimit,
    `--nproc=${maxProcesses}`,
    `--fsize=${maxFileBytes}`,
    "--core=0",
    tools.bwrap,
    "--die-with-parent",
    ...(command.network === "none" ? ["--unshare-net"] : []),
    "--unshare-pid",
    "--unshare-ipc",
    "--bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--bind",
    temporaryDirectory,
    "/tmp",
    ...underTmp([tools.directory, directory]).flatMap((path) => ["--bind", path, path]),
    "--chdir",
    directory,
    "--",
    tools.codex,
    "sandbox",
    "-c",
    'default_permissions="gate"',
    "-c",
    `permissions.gate.filesystem=${inlineTable(filesystem(command))}`,
    // The namespace outside has no way out; inside it, sockets on loopback are wanted.
    "-c",
    "permissions.gate.network={enabled=true}",
    "--",
    "/bin/bash",
    "-c",
    startSign,
    command.command,
  ];
}

/** What the command's environment holds, and nothing else. */
export function sandboxEnvironment(command: SandboxedCommand, codexHome: string): Record<string, string> {
  return {
    LANG: "C.UTF-8",
    CI: "1",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...command.environment,
    HOME: "/tmp",
    TMPDIR: "/tmp",
    CODEX_HOME: codexHome,
  };
}

type Access = string | { readonly [path: string]: string };

function filesystem(command: SandboxedCommand): Record<string, Access> {
  const entries: Record<string, Access> = { ":root": "read" };
  for (const path of outermost(["/run", ...command.denied])) entries[path] = "deny";
  entries[":workspace_roots"] = { ".": "write" };
  entries[command.temporaryDirectory] = "write";
  entries["/tmp"] = "write";
  return entries;
}

/** The private /tmp hides what lies in the real one; what the command needs of that is bound again. */
function underTmp(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.startsWith(`${sep}tmp${sep}`));
}

function inlineTable(entries: Readonly<Record<string, Access>>): string {
  const members = Object.entries(entries).map(
    ([key, value]) =>
      `${JSON.stringify(key)}=${typeof value === "string" ? JSON.stringify(value) : inlineTable(value)}`,
  );
  return `{${members.join(", ")}}`;
}
