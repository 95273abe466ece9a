import { z } from "zod";

/** Runs named commands of the configuration: those of the task, or all. */
export const commandsGateSchema = z.strictObject({
  kind: z.literal("commands"),
  which: z.enum(["task", "all"]),
  /** How often a failed command is run again, each time on a fresh checkout; a mixed outcome is `flaky`. Default 0. */
  reruns: z.number().int().min(0).max(10).optional(),
  /** Whether a command that carries out fewer tests than on the base has failed. Default false. */
  noFewerTests: z.boolean().optional(),
});
