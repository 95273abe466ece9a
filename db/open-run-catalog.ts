import type { RunCatalog } from "../core/ports/run-catalog.ts";
import { openForReading } from "./open-for-reading.ts";
import { createRunCatalog } from "./run-catalog.ts";

/** The runs of a state directory and nothing else: for commands that have to start at once. Makes nothing. Errors: `store.*`. */
export async function openRunCatalog(options: {
  stateDirectory: string;
  busyTimeoutMs?: number;
}): Promise<RunCatalog & { close(): void }> {
  const { stateDirectory, busyTimeoutMs = 5000 } = options;
  const database = await openForReading(stateDirectory, { busyTimeoutMs });
  return { ...createRunCatalog(database), close: () => database.close() };
}
