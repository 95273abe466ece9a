import { z } from "zod";
import { usageSchema } from "../core/usage.ts";

const textsSchema = z.array(z.string()).max(100);

const resultSchema = z.strictObject({
  /** Null: the call came to no exit code (refused, aborted, or still running). Default: 0. */
  exitCode: z.number().int().nullable().optional(),
  /** Texts in the call's output, without Codex's own lines around it. */
  output: textsSchema.optional(),
  /** For a patch, instead of an exit code. Default: `applied`. */
  patch: z.enum(["applied", "failed"]).optional(),
});
/** What one call of the step before must have come to. */
export type ResultExpectation = z.infer<typeof resultSchema>;

/** What must be new in a request. All texts are looked for, none is a pattern. */
const expectSchema = z
  .strictObject({
    /** In the last user text: the prompt of a turn. */
    user: textsSchema.optional(),
    /** Of the one call that the step before made. */
    ...resultSchema.shape,
    /** Of each call of the step before, in order, where it made several. */
    results: z.array(resultSchema).max(20).optional(),
  })
  .refine(({ results, exitCode, output, patch }) => {
    const single = [exitCode, output, patch].some((value) => value !== undefined);
    return results === undefined || !single;
  }, "either 'results', or 'exitCode', 'output' and 'patch'");
export type Expectation = z.infer<typeof expectSchema>;

const path = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\n\r]+$/, "one line");

/** What a response may hold several of. */
const itemActions = [
  /** Text of the model, the end of a turn where no call stands beside it. An object is sent as JSON: a handoff. */
  z.strictObject({ say: z.union([z.string(), z.record(z.string(), z.unknown())]) }),
  /** A shell line in the worker's sandbox. Codex waits for it up to 30 s. */
  z.strictObject({ run: z.string().min(1) }),
  /** A shell line outside of the sandbox: makes a request for approval. */
  z.strictObject({ ask: z.string().min(1), why: z.string().min(1) }),
  /** The text of Codex's `apply_patch`. */
  z.strictObject({ patch: z.string() }),
  /** A new file, or the same file anew. Its last line always ends with a line feed. */
  z.strictObject({ write: path, content: z.string() }),
  /** The first place where these whole lines stand; other lines take theirs. */
  z.strictObject({ replace: path, from: z.string().min(1), to: z.string() }),
  /** A file that is no more. */
  z.strictObject({ delete: path }),
] as const;
const itemActionSchema = z.union(itemActions);
export type ItemAction = z.infer<typeof itemActionSchema>;

const actionSchema = z.union([
  ...itemActions,
  /** The model says no: a refusal instead of text. Codex ends the turn with an empty answer. */
  z.strictObject({ refuse: z.string().min(1) }),
  /** A response with nothing in it. */
  z.strictObject({ empty: z.literal(true) }),
  /** The model's server fails with this status, and this message in the usual body. */
  z.strictObject({ fail: z.number().int().min(400).max(599), message: z.string().optional() }),
  /** The stream breaks off in the middle of a text. */
  z.strictObject({ cut: z.literal(true) }),
  /** No answer until the client leaves, or for that time, after which the connection is cut. */
  z.strictObject({
    stall: z.union([z.literal(true), z.strictObject({ forMs: z.number().int().min(1).max(600_000) })]),
  }),
]);
export type Action = z.infer<typeof actionSchema>;

const stepSchema = z.strictObject({
  expect: expectSchema.optional(),
  do: z.union([actionSchema, z.array(itemActionSchema).min(1).max(20)]),
  /** Tokens of this one response; default: the script's. */
  usage: usageSchema.optional(),
});
/** One response of the model. */
export type Step = z.infer<typeof stepSchema>;

/** Steps by worker. Workers are named as attempts: `execute/TASK#1`. */
export const scriptSchema = z.strictObject({
  version: z.literal(1),
  /** Tokens of a response; default: none. Only whole responses count: not what fails, is cut or stalls. */
  usage: usageSchema.optional(),
  /** The name under which workers ask for the model: it decides which tools Codex offers. Default: gpt-5.5. */
  model: z.string().min(1).max(100).optional(),
  workers: z.record(z.string().min(1).max(200), z.array(stepSchema).max(1000)),
});
export type Script = z.infer<typeof scriptSchema>;
