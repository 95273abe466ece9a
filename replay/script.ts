import { z } from "zod";
import { usageSchema } from "../core/usage.ts";

/** What must be new in a request. All texts are looked for, none is a pattern. */
const expectSchema = z.strictObject({
  /** In the last user text: the prompt of a turn. */
  user: z.array(z.string()).optional(),
  /** Of the command that the step before ran; 0 where it is left out. */
  exitCode: z.number().int().optional(),
  /** In the output of the step before, without Codex's own lines around it. */
  output: z.array(z.string()).optional(),
});
export type Expectation = z.infer<typeof expectSchema>;

const actionSchema = z.union([
  /** The end of a turn. An object is sent as JSON: a handoff. */
  z.strictObject({ say: z.union([z.string(), z.record(z.string(), z.unknown())]) }),
  /** A shell command in the worker's sandbox. */
  z.strictObject({ run: z.string() }),
  /** A shell command outside of the sandbox: makes a request for approval. */
  z.strictObject({ ask: z.string(), why: z.string() }),
  /** The text of Codex's `apply_patch`. */
  z.strictObject({ patch: z.string() }),
  /** A new file, or the same file anew. */
  z.strictObject({ write: z.string(), content: z.string() }),
  /** The model's server fails with this status. */
  z.strictObject({ fail: z.number().int().min(400).max(599), message: z.string() }),
  /** No answer, until the client leaves. */
  z.strictObject({ stall: z.literal(true) }),
]);
export type Action = z.infer<typeof actionSchema>;

const stepSchema = z.strictObject({
  expect: expectSchema.optional(),
  do: actionSchema,
  /** Tokens of this one response; default: the script's. */
  usage: usageSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;

/** Steps by worker, each step one response of the model. Workers are named as attempts: `execute/TASK#1`. */
export const scriptSchema = z.strictObject({
  version: z.literal(1),
  usage: usageSchema,
  workers: z.record(z.string(), z.array(stepSchema)),
});
export type Script = z.infer<typeof scriptSchema>;
