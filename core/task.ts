import { z } from "zod";
import { limits } from "./limits.ts";

/** Lower case, digits and dashes: part of branch, folder and worker names. */
export const taskIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 of a-z, 0-9 and -");

/** A path or glob relative to the repository's root, with `/`, never absolute and never with `..`. */
export const repositoryPathSchema = z
  .string()
  .min(1)
  .max(400)
  .refine(isInsideRepository, "a path relative to the repository's root, without '..' and not under .git");

/** A unit of a fan-out stage. */
export const taskSpecSchema = z.strictObject({
  id: taskIdSchema,
  title: z.string().min(1).max(200),
  description: z.string().min(1).max(20_000),
  /** Globs of the paths that the task may change. */
  scope: z.array(repositoryPathSchema).min(1).max(100),
  dependsOn: z.array(taskIdSchema).max(limits.tasksPerPlan),
  /** Names of commands of the repository's configuration that must pass. */
  commands: z.array(z.string().min(1).max(100)).max(20),
  /** Paths of files that the task must deliver. */
  artifacts: z.array(repositoryPathSchema).max(50),
});

export type TaskSpec = z.infer<typeof taskSpecSchema>;

function isInsideRepository(path: string): boolean {
  if (path.startsWith("/") || path.includes("\\") || path.includes("\0")) return false;
  const parts = path.split("/");
  return !parts.includes("..") && parts[0]?.toLowerCase() !== ".git";
}
