import { join } from "node:path";
import { createCodexServer } from "./codex/agent-server.ts";
import { createCommandSandbox } from "./codex/command-sandbox.ts";
import { messageOf, PortcullisError } from "./core/errors.ts";
import { assertStateDirectory, defaultStateDirectory } from "./core/state-directory.ts";
import { readRetention, settingsFile } from "./core/retention.ts";
import { openRunCatalog } from "./db/open-run-catalog.ts";
import { measureDiskUse } from "./disk-use.ts";
import { requireGitVersion } from "./orchestrator/workspace/git-version.ts";

/** One thing that a run needs of the machine. */
export interface Examination {
  name: string;
  ok: boolean;
  /** What is there, or what is wrong. */
  found: string;
  /** What to do where it is not ok, or null. */
  remedy: string | null;
}

export interface DoctorOptions {
  stateDirectory?: string;
  codexPath?: string;
  environment?: Readonly<Record<string, string | undefined>>;
}

/** Examines what every run examines too, one thing after another; never rejects for what it finds. */
export async function examine(options: DoctorOptions = {}): Promise<readonly Examination[]> {
  const environment = options.environment ?? process.env;
  const stateDirectory = options.stateDirectory ?? defaultStateDirectory(environment);
  return [
    await examineOne("node", () => Promise.resolve(process.version)),
    await examineOne("git", requireGitVersion),
    await examineOne("state", () => examineState(stateDirectory)),
    await examineOne("disk", () => examineDisk(stateDirectory)),
    await examineOne("codex", () => examineCodex(options, environment)),
    await examineOne("sandbox", () => examineSandbox(stateDirectory)),
  ];
}

async function examineOne(name: string, look: () => Promise<string>): Promise<Examination> {
  try {
    return { name, ok: true, found: await look(), remedy: null };
  } catch (error) {
    const remedy = error instanceof PortcullisError ? error.remedy : "report this: it is a defect of ours";
    return { name, ok: false, found: messageOf(error), remedy };
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
  await createCommandSandbox({ folder: join(stateDirectory, "sandbox") }).verify();
  return "gates: writes held, network off, loopback of its own, denied paths unreadable";
}
