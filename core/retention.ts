import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, PortcullisError } from "./errors.ts";

/** In the state folder, so that whoever starts a run there keeps the same. */
export const settingsFile = "settings.json";

const settingsSchema = z.strictObject({
  /** Runs that ended longer ago are erased; null keeps them. */
  retentionDays: z.number().positive().max(36_500).nullable().default(90),
  /** Where the database holds more, wire events of the oldest runs go; null keeps them. */
  databaseMegabytes: z.number().int().positive().nullable().default(4096),
});
export type Retention = z.infer<typeof settingsSchema>;

/** How long things are kept, from `settings.json`; without one 90 days and 4,096 MB. Error: `settings.invalid` (usage). */
export function readRetention(stateDirectory: string): Retention {
  const path = join(stateDirectory, settingsFile);
  const parsed = settingsSchema.safeParse(parse(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.replace(/^: /, ""));
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw invalid(path, messageOf(error));
  }
}

function invalid(path: string, found: string): PortcullisError {
  return new PortcullisError({
    code: "settings.invalid",
    kind: "usage",
    message: `expected {"retentionDays": 90, "databaseMegabytes": 4096}, or null for either, in ${path}, found ${found}`,
    remedy: "mend the file, or remove it for the defaults; nothing is erased meanwhile",
  });
}
