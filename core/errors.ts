/** Exit codes of the command line; scripts rely on them (docs/cli.md). */
export const exitCodes = {
  passed: 0,
  refused: 1,
  usage: 2,
  paused: 3,
  environment: 4,
  defect: 5,
  undecided: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Who has to act: the caller, the machine's owner, nobody (try again), or we. */
export type ErrorKind = "usage" | "environment" | "undecided" | "defect" | "interrupted";

export interface ErrorDetails {
  /** Dotted and stable, e.g. `repository.not-git`; scripts may match on it. */
  code: string;
  kind: ErrorKind;
  /** What was expected and what was found, in one line. */
  message: string;
  /** What to do next, in one line. */
  remedy: string;
  retryable?: boolean;
  cause?: unknown;
}

/** Every expected failure of Portcullis. Anything else that is thrown is a defect. */
export class PortcullisError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly remedy: string;
  readonly retryable: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "PortcullisError";
    this.code = details.code;
    this.kind = details.kind;
    this.remedy = details.remedy;
    this.retryable = details.retryable ?? false;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.kind];
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
