import { z } from "zod";
import { testCountsSchema } from "./test-counts.ts";
import { gateRunSchema } from "./verdict.ts";

/** A command as it ran on a tree that candidates are measured against; measured once in a run. */
export const baseRunSchema = z.strictObject({
  /** The command's name. */
  command: z.string(),
  commit: z.string(),
  tree: z.string(),
  run: gateRunSchema,
  tests: testCountsSchema.nullable(),
  /** Names of the tests that failed; null where they are not all known. */
  failing: z.array(z.string()).nullable(),
});
export type BaseRun = z.infer<typeof baseRunSchema>;
