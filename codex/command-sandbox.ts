import { mkdirSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PortcullisError } from "../core/errors.ts";
import type { CommandResult, CommandSandbox, SandboxedCommand } from "../core/ports/command-sandbox.ts";
import { hostSockets } from "./host-sockets.ts";
import { launch } from "./launch.ts";
import { locateSandboxTools, type SandboxTools } from "./locate.ts";
import { keepOutput } from "./output-keeper.ts";
import { sandboxArguments, sandboxEnvironment } from "./sandbox-arguments.ts";

/** The sandbox that the bundled Codex brings, with its bubblewrap. Linux only; `verify` says so elsewhere. */
export function createCommandSandbox(options: {
  folder: string;
  /** Where `verify` tries it out, in a folder that goes again. Default: `folder`. */
  probeFolder?: string;
  /** Says where sockets of this machine are. Default: our own. */
  environment?: Readonly<Record<string, string | undefined>>;
}): CommandSandbox {
  const { environment = process.env } = options;
  const codexHome = join(options.folder, "codex-home");
  let verified: Promise<void> | undefined;
  const run = async (command: SandboxedCommand): Promise<CommandResult> => {
    mkdirSync(codexHome, { recursive: true });
    const sockets = hostSockets(environment, [command.directory, command.temporaryDirectory]);
    const held = { ...command, denied: [...command.denied, ...sockets] };
    return runConfined(held, locateSandboxTools(), codexHome);
  };
  return {
    run,
    verify: () => (verified ??= verify(run, options.probeFolder ?? options.folder)),
  };
}

async function runConfined(
  command: SandboxedCommand,
  tools: SandboxTools,
  codexHome: string,
): Promise<CommandResult> {
  const started = performance.now();
  const [program = "", ...args] = sandboxArguments(command, tools);
  const env = sandboxEnvironment(command, codexHome);
  const kept = keepOutput(command.maxOutputBytes);
  let signed = false;
  const onSign = (): void => {
    signed = true;
  };
  const child = await launch(program, args, { env, cwd: command.directory, onStderr: kept.add, onSign });
  child.stdin.end();
  child.stdout.on("data", kept.add);
  const { promise: notEnded, reject } = Promise.withResolvers<never>();
  const stopped = stopper(command, () => void child.end().catch(reject));
  try {
    const how = await Promise.race([child.exited, notEnded]);
    stopped.clear();
    await Promise.all([child.end(), child.drained]);
    const durationMs = Math.round(performance.now() - started);
    const text = kept.text();
    return { ...resultOf(how, stopped.why(), signed ? null : text.output), ...text, durationMs };
  } finally {
    stopped.clear();
  }
}

/** Ends the command at its deadline or on the caller's signal, and remembers which it was. */
function stopper(command: SandboxedCommand, end: () => void) {
  let why: "timed-out" | "cancelled" | null = null;
  const stop = (reason: "timed-out" | "cancelled") => (): void => {
    why ??= reason;
    end();
  };
  const timer = setTimeout(stop("timed-out"), command.timeoutMs);
  const cancel = stop("cancelled");
  command.signal.addEventListener("abort", cancel, { once: true });
  if (command.signal.aborted) cancel();
  return {
    why: () => why,
    clear: () => {
      clearTimeout(timer);
      command.signal.removeEventListener("abort", cancel);
    },
  };
}

/** `unstarted`: what the sandbox said where it did not come to the command, else null. */
function resultOf(
  how: string,
  stopped: "timed-out" | "cancelled" | null,
  unstarted: string | null,
): Pick<CommandResult, "outcome" | "exitCode" | "problem"> {
  if (stopped !== null) return { outcome: stopped, exitCode: null, problem: null };
  const exitCode = /^exit code (\d+)$/.exec(how)?.[1];
  if (exitCode === undefined) {
    return { outcome: "errored", exitCode: null, problem: `the command was ended from outside (${how})` };
  }
  if (unstarted !== null) {
    const problem = `the sandbox could not be set up (${how}): ${unstarted.trim().slice(-500)}`;
    return { outcome: "errored", exitCode: null, problem };
  }
  return { outcome: "exited", exitCode: Number(exitCode), problem: null };
}

/**
 * Tries, on this machine, each promise that the sandbox makes. 192.0.2.1 is reserved for documentation: nothing is sent
 * to anybody. A loopback that is up refuses a closed port rather than being unreachable.
 */
const probe = [
  "echo x > inside || echo FAIL write-inside",
  "echo x > /tmp/inside || echo FAIL write-temporary",
  "(echo x > ../outside) 2>/dev/null && echo FAIL write-outside",
  "(cat ../secret) 2>/dev/null && echo FAIL read-denied",
  "(exec 3<>/dev/tcp/192.0.2.1/9) 2>&1 | grep -q -i unreachable || echo FAIL network",
  "(exec 3<>/dev/tcp/127.0.0.1/9) 2>&1 | grep -q -i refused || echo FAIL loopback",
  "true",
].join("\n");

async function verify(run: CommandSandbox["run"], folder: string): Promise<void> {
  if (process.platform !== "linux") throw unavailable(`there is none for ${process.platform} yet`);
  mkdirSync(folder, { recursive: true });
  const root = await realpath(await mkdtemp(join(folder, "probe-")));
  const directory = join(root, "checkout");
  const temporaryDirectory = join(root, "temporary");
  mkdirSync(directory);
  mkdirSync(temporaryDirectory);
  await writeFile(join(root, "secret"), "secret");
  try {
    const result = await run({
      command: probe,
      directory,
      temporaryDirectory,
      network: "none",
      environment: {},
      denied: [join(root, "secret")],
      timeoutMs: 20_000,
      maxOutputBytes: 10_000,
      signal: new AbortController().signal,
    });
    const failed = [...result.output.matchAll(/^FAIL (.*)$/gm)].map(([, what]) => what).join(", ");
    if (result.exitCode !== 0 || result.outcome !== "exited")
      throw unavailable(result.problem ?? `${result.outcome}: ${result.output.trim().slice(-500)}`);
    if (failed !== "") throw unavailable(`it does not hold: ${failed}`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function unavailable(what: string): PortcullisError {
  return new PortcullisError({
    code: "sandbox.unavailable",
    kind: "environment",
    message: `the sandbox for gates does not work on this machine: ${what}`,
    remedy: "allow unprivileged user namespaces (or run where they are allowed), on Linux x64 or arm64",
  });
}
