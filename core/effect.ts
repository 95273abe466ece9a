import { z } from "zod";
import { gateSpecSchema } from "./pipeline.ts";
import { findingSchema } from "./finding.ts";

const target = {
  /** Deterministic: the same state asks for the same effect under the same id, so that none happens twice. */
  id: z.string(),
  taskKey: z.string(),
  attemptId: z.string(),
};

/** What a turn is for. `repair`: the answer was not the schema; the same thread is told why. */
export const turnPurposeSchema = z.enum(["work", "repair"]);

/** What `decide` asks the world for. Each is written down as intended before it is done, and settled after. */
export const effectSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("prepare-environment"), id: z.string(), commit: z.string() }),
  z.strictObject({ kind: z.literal("prepare-work-tree"), ...target, commit: z.string() }),
  z.strictObject({ kind: z.literal("start-worker"), ...target }),
  z.strictObject({
    kind: z.literal("run-turn"),
    ...target,
    ordinal: z.number().int().positive(),
    purpose: turnPurposeSchema,
    /** What the worker has to mend: findings of the attempt before, or of the answer before. */
    findings: z.array(findingSchema),
  }),
  z.strictObject({ kind: z.literal("end-worker"), ...target }),
  z.strictObject({ kind: z.literal("commit"), ...target, parent: z.string() }),
  /** Keeps what an interrupted worker had done so far: the next attempt goes on from there. */
  z.strictObject({ kind: z.literal("salvage"), ...target, parent: z.string() }),
  z.strictObject({
    kind: z.literal("judge"),
    ...target,
    gate: gateSpecSchema,
    /** The command's name for a gate of commands, else null. */
    command: z.string().nullable(),
    /** What the change is measured against. */
    base: z.string(),
    /** The candidate that is judged. */
    commit: z.string(),
  }),
  z.strictObject({ kind: z.literal("merge"), ...target, onto: z.string(), commit: z.string() }),
  z.strictObject({
    kind: z.literal("publish-branch"),
    id: z.string(),
    branch: z.string(),
    commit: z.string(),
  }),
]);

export type Effect = z.infer<typeof effectSchema>;
export type EffectKind = Effect["kind"];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;
