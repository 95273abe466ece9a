import { z } from "zod";
import { protectionRuleSchema } from "../protection.ts";

/** A command's name, as plans and reports use it. */
export const commandNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9:_-]{0,39}$/,
    "a command's name is 1 to 40 of a-z, 0-9, ':', '_' and '-', starting with a letter",
  );

/** One that does nothing would always pass: a gate that proves nothing. */
const doesSomething = /^(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*[^\s#]/;

export const commandLineSchema = z
  .string()
  .max(4000)
  .regex(doesSomething, "a shell line that runs something")
  .regex(/^[^\0]*$/, "a shell line without NUL");

/**
 * `portcullis.yaml` after reading: what a repository says about itself, at the base commit. `commands` maps a name to
 * a shell line, `setup` installs dependencies (network allowed), `protected` adds to the default protection.
 */
export const repositoryConfigSchema = z.strictObject({
  setup: commandLineSchema.nullable(),
  commands: z.record(commandNameSchema, commandLineSchema),
  protected: z.array(protectionRuleSchema).max(500),
  /** Names of commands that may use the network; the others have a loopback of their own and nothing else. */
  network: z.array(commandNameSchema).max(100).optional(),
});

export type RepositoryConfig = z.infer<typeof repositoryConfigSchema>;
