import { z } from "zod";
import { limits } from "./limits.ts";

/** Lower case, digits and dashes: part of branch, folder and worker names. */
export const taskIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 of a-z, 0-9 and -");

/** A regular expression and not a function, so that the JSON Schema that workers are given says the same. */
const insideRepository = /^(?!\/)(?!(?:[\s\S]*\/)?(?:\.{0,2}|\.[gG][iI][tT])(?:\/|$))[^\\\0]+$/;

/** A path relative to the repository's root, with `/`; never absolute, with `.` or `..`, or under a `.git`. */
export const repositoryPathSchema = z
  .string()
  .min(1)
  .max(400)
  .regex(
    insideRepository,
    "a path relative to the repository's root, without '.' or '..' as a name and not under .git",
  );

/** A path, or a glob of `*`, `**`, `?`, `[a-z]` and `{a,b}`. What excludes would open everything else: it is refused. */
export const scopeGlobSchema = z
  .string()
  .min(1)
  .max(400)
  .regex(
    /^(?!\/)(?!(?:[\s\S]*[/{,])?(?:\.{1,2}|\.[gG][iI][tT])(?:[/,}]|$))(?![\s\S]*\/\/)[^\\\0]+$/,
    "a path or glob relative to the repository's root, without '.' or '..' as a name and not under .git",
  )
  .regex(
    /^(?!!)(?![\s\S]*(?:[?*+@!]\(|\||\{[^{},]*\.\.))/,
    "a glob of '*', '**', '?', '[a-z]' and '{a,b}'; none that excludes ('!'), no '!(…)', '|' or {1..3}",
  )
  .describe("a path or glob: 'src' or 'src/**' is all below src, 'src/*' only what is directly in it");

/** A unit of a fan-out stage. */
export const taskSpecSchema = z.strictObject({
  id: taskIdSchema,
  title: z
    .string()
    .min(1)
    .max(200)
    .regex(/^(?=.*\S)\P{Cc}*$/u, "one line that says something, without control characters"),
  description: z.string().min(1).max(20_000),
  /** Globs of the paths that the task may change. */
  scope: z.array(scopeGlobSchema).min(1).max(100),
  dependsOn: z.array(taskIdSchema).max(limits.tasksPerPlan),
  /** Names of commands of the repository's configuration that must pass. */
  commands: z.array(z.string().min(1).max(100)).max(20),
  /** Paths of files that the task must deliver. */
  artifacts: z.array(repositoryPathSchema).max(50),
});

export type TaskSpec = z.infer<typeof taskSpecSchema>;
