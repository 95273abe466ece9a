import { z } from "zod";
import type { Change } from "./change.ts";
import { limits } from "./limits.ts";
import type { TaskSpec } from "./task.ts";

/** How a command of the configuration went, on a clean checkout of the candidate. */
export interface CustomCommandResult {
  /** Only `exited` was judged by the command itself. */
  outcome: "exited" | "timed-out" | "cancelled" | "errored";
  exitCode: number | null;
  /** stdout and stderr as they came; head and tail where it was long. */
  output: string;
  truncated: boolean;
  durationMs: number;
}

/** What a gate of one's own may look at. Nothing in it changes anything. */
export interface CustomGateContext {
  /** The commit that the change is measured against. */
  readonly base: string;
  /** The candidate that is judged, and its tree. */
  readonly commit: string;
  readonly tree: string;
  readonly changes: readonly Change[];
  readonly goal: string;
  /** The task that the candidate is for; null in a stage without a fan-out. */
  readonly task: TaskSpec | null;
  /** Aborted when the run is interrupted or the deadline passes; shortly after, the process ends. */
  readonly signal: AbortSignal;
  /** Null where there is no such file; a link or folder is none. At most 16 MiB. Of the candidate unless told. */
  readFile(path: string, at?: "candidate" | "base"): Promise<Uint8Array | null>;
  listFiles(at?: "candidate" | "base"): Promise<readonly string[]>;
  /** Runs a command of `portcullis.yaml` by name, in the sandbox; one at a time. */
  runCommand(name: string): Promise<CustomCommandResult>;
}

const customFindingSchema = z.strictObject({
  message: z.string().min(1),
  path: z.string().nullable().optional(),
  excerpt: z.string().nullable().optional(),
});

export const customGateOutcomeSchema = z.discriminatedUnion("verdict", [
  z.strictObject({ verdict: z.literal("passed") }),
  z.strictObject({
    verdict: z.literal("failed"),
    findings: z.array(customFindingSchema).min(1).max(limits.findingsPerGate),
  }),
]);

/** The gate's verdict. An objection says what the worker can mend. Who cannot judge throws: the gate has errored then. */
export type CustomGateOutcome = z.infer<typeof customGateOutcomeSchema>;

export type CustomGate = (context: CustomGateContext) => CustomGateOutcome | Promise<CustomGateOutcome>;
