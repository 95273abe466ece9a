import { z } from "zod";
import { commandNameSchema } from "../config/schema.ts";

/**
 * Measures a command against the base. `fails-before`: it fails there with the candidate's new tests, and passes now.
 * `no-worse`: it passes, or fails in no test that did not fail on the base.
 */
export const baselineGateSchema = z.strictObject({
  kind: z.literal("baseline"),
  command: commandNameSchema,
  expect: z.enum(["fails-before", "no-worse"]),
});
