export interface SandboxedCommand {
  /** A shell line, run by `bash -c`. */
  command: string;
  /** The checkout: working directory and, with the temporary folder, the one place to write. */
  directory: string;
  /** Private to this command; it exists and is the command's TMPDIR and /tmp. */
  temporaryDirectory: string;
  /** `none` still has loopback, of its own. */
  network: "none" | "full";
  /** All that the command's environment has beyond the sandbox's own few. */
  environment: Readonly<Record<string, string>>;
  /** Paths that it must not read; the working directory is not inside one. */
  denied: readonly string[];
  timeoutMs: number;
  maxOutputBytes: number;
  signal: AbortSignal;
}

/** `errored`: the command could not be run or judged (no sandbox, killed from outside), which is never a pass. */
export interface CommandResult {
  outcome: "exited" | "timed-out" | "cancelled" | "errored";
  exitCode: number | null;
  /** stdout and stderr as they came, at most `maxOutputBytes` (head and tail). */
  output: string;
  truncated: boolean;
  durationMs: number;
  /** Why it errored, or null. */
  problem: string | null;
}

/**
 * Runs a command that nobody trusts: no network outside, loopback of its own, writes in the checkout and the private
 * temporary folder only. Nothing of it is left running when `run` resolves.
 */
export interface CommandSandbox {
  /** Error of kind `environment` where this machine cannot hold these promises. */
  verify(): Promise<void>;
  run(command: SandboxedCommand): Promise<CommandResult>;
}
