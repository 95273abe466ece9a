import { join, resolve } from "node:path";
import { createCodexServer } from "./codex/agent-server.ts";
import { createCommandSandbox } from "./codex/command-sandbox.ts";
import { openProcessRecord } from "./codex/process-records.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
import { readRetention, settingsFile } from "./core/retention.ts";
import { openRunCatalog } from "./db/open-run-catalog.ts";
import { findLeftovers, type FoundLeftover, type Leftover } from "./leftovers.ts";
import { measureDiskUse } from "./disk-use.ts";
import { requireGitVersion } from "./orchestrator/workspace/git-version.ts";

/** One thing that a run needs of the machine, or that a run left behind. */
export interface Examination {
  name: string;
  /** `mended`: it was wrong. `kept`: it is not wrong, and a person should know of it. */
  outcome: "ok" | "wrong" | "mended" | "kept";
  /** All but `wrong`. */
  ok: boolean;
  /** What is there, or what is wrong. */
  found: string;
  /** What to do, or null. */
  remedy: string | null;
  /** Of what was left behind, where it is one file or folder. */
  path: string | null;
  /** Whose it was. */
  runId: string | null;
}

export interface DoctorOptions {
  stateDirectory?: string;
  codexPath?: string;
  /** Takes away what dead runs left and nobody needs. */
  fix?: boolean;
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Examines what every run examines too, one thing after another, and then what dead runs have left; never rejects for what it
 * finds. Changes nothing unless `fix` is set.
 */
export async function examine(options: DoctorOptions = {}): Promise<readonly Examination[]> {
  const environment = options.environment ?? process.env;
  const stateDirectory = resolve(options.stateDirectory ?? defaultStateDirectory(environment));
  const state = await examineOne("state", () => examineState(stateDirectory));
  return [
    await examineOne("node", () => Promise.resolve(process.version)),
    await examineOne("git", requireGitVersion),
    state,
    await examineOne("disk", () => examineDisk(stateDirectory)),
    await examineOne("codex", () => examineCodex(options, environment)),
    await examineOne("sandbox", () => examineSandbox(stateDirectory)),
    ...(state.ok ? await examineLeftovers(stateDirectory, options.fix === true) : []),
  ];
}

const nowhere = { path: null, runId: null };

async function examineOne(name: string, look: () => Promise<string>): Promise<Examination> {
  try {
    return { name, outcome: "ok", ok: true, found: await look(), remedy: null, ...nowhere };
  } catch (error) {
    return {
      name,
      outcome: "wrong",
      ok: false,
      found: messageOf(error),
      remedy: remedyOf(error),
      ...nowhere,
    };
  }
}

function remedyOf(error: unknown): string {
  return error instanceof PortcullisError ? error.remedy : "report this: it is a defect of ours";
}

async function examineLeftovers(stateDirectory: string, fix: boolean): Promise<readonly Examination[]> {
  try {
    const rows: Examination[] = [];
    for (const leftover of await findLeftovers({ stateDirectory })) {
      rows.push(fix && leftover.mend !== null ? await mend(leftover, leftover.mend) : rowOf(leftover));
    }
    return rows;
  } catch (error) {
    return [await examineOne("leftovers", () => Promise.reject(error))];
  }
}

function rowOf({ kind, found, remedy, path, runId, advice }: Leftover): Examination {
  const outcome = advice === "keep" ? "kept" : "wrong";
  return { name: kind, outcome, ok: outcome === "kept", found, remedy, path, runId };
}

async function mend(leftover: FoundLeftover, act: () => Promise<void>): Promise<Examination> {
  const row = rowOf(leftover);
  try {
    await act();
    return { ...row, outcome: "mended", ok: true, remedy: null };
  } catch (error) {
    const goesOn = error instanceof PortcullisError && error.code === "run.goes-on";
    const found = `${row.found}; it stays: ${messageOf(error)}`;
    return { ...row, outcome: goesOn ? "kept" : "wrong", ok: goesOn, found, remedy: remedyOf(error) };
  }
}

async function examineState(directory: string): Promise<string> {
  assertStateDirectory({ directory });
  const catalog = await openRunCatalog({ stateDirectory: directory });
  const [last] = await catalog.list({ limit: 1 });
  catalog.close();
  return `${directory}, ${last === undefined ? "no run yet" : `last run ${last.id}`}`;
}

async function examineDisk(directory: string): Promise<string> {
  const { retentionDays, databaseMegabytes } = readRetention(directory);
  const { total, ...parts } = await measureDiskUse(directory);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const uses = Object.entries(parts).map(
    ([name, bytes]) => `${placeNames[name] ?? name} ${megabytes(bytes)}`,
  );
  const days = retentionDays === null ? "for ever" : `${retentionDays} days`;
  const most = databaseMegabytes === null ? "" : `, database up to ${databaseMegabytes} MB`;
  return `${megabytes(total)}: ${uses.join(", ")}; runs are kept ${days}${most} (${settingsFile})`;
}

const placeNames: Readonly<Record<string, string>> = { workTrees: "work trees" };

async function examineCodex(
  { codexPath }: DoctorOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const server = createCodexServer({ environment, ...(codexPath === undefined ? {} : { path: codexPath }) });
  const { version, server: kind, reason, path } = await server.describe();
  return `${version} by its ${kind} (${reason}): ${path}`;
}

async function examineSandbox(stateDirectory: string): Promise<string> {
  const record = openProcessRecord(stateDirectory);
  try {
    await createCommandSandbox({ folder: join(stateDirectory, "sandbox") }).verify();
  } finally {
    record.close();
  }
  return "gates: writes held, network off, loopback of its own, denied paths unreadable";
}
