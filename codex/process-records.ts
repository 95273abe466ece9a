import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  livingFamilies,
  markName,
  listenToFamilies,
  orchestratorId,
  type LivingFamily,
} from "../core/families.ts";
import { ownIdentity } from "./process-identity.ts";
import { startTimeOf } from "./processes.ts";

/** What one orchestrator wrote down of itself and of what it started. */
export interface ProcessRecord {
  path: string;
  /** Its identity; null where the record is too torn to say. */
  owner: string | null;
  /** In the environment of all that it started. */
  mark: string;
  /** Milliseconds since 1970; what is older is not its own. */
  since: number;
  runs: readonly { runId: string; repositoryId: string }[];
  /** Leaders of process groups; the older ones have ended, most likely. */
  families: readonly { pid: number; startTime: string; what: string }[];
}

export interface OwnRecord {
  addRun(runId: string, repositoryId: string): void;
  /** The last one takes the record away, and the folders that were made for it. Idempotent. */
  close(): void;
}

const suffix = ".jsonl";

interface OpenFile {
  uses: number;
  append(line: object): void;
  close(): void;
}
const open = new Map<string, OpenFile>();

/**
 * Writes down, in `<state>/processes`, who this process is, and from now on each family that it starts. Done before anything is
 * made in the state folder, so that all of it can be told from what dead processes left. Several calls share one record.
 */
export function openProcessRecord(stateDirectory: string): OwnRecord {
  const file = fileIn(stateDirectory);
  file.uses += 1;
  let closed = false;
  return {
    addRun: (runId, repositoryId) => file.append({ run: runId, repository: repositoryId }),
    close() {
      if (closed) return;
      closed = true;
      file.uses -= 1;
      if (file.uses === 0) file.close();
    },
  };
}

function fileIn(stateDirectory: string, tries = 3): OpenFile {
  try {
    const first = mkdirSync(join(stateDirectory, "processes"), { recursive: true, mode: 0o700 });
    const folder = realpathSync(join(stateDirectory, "processes"));
    const file = open.get(folder) ?? beginFile(folder, first);
    open.set(folder, file);
    return file;
  } catch (error) {
    // Who made the folder may just have taken it away again.
    if (tries > 1 && error instanceof Error && "code" in error && error.code === "ENOENT")
      return fileIn(stateDirectory, tries - 1);
    throw error;
  }
}

function beginFile(folder: string, first: string | undefined): OpenFile {
  const path = join(folder, `${orchestratorId}${suffix}`);
  // No fsync: it speaks of processes, which a machine that goes down takes along.
  const descriptor = openSync(path, "wx", 0o600);
  const append = (line: object): void => void writeSync(descriptor, `${JSON.stringify(line)}\n`);
  append({ owner: ownIdentity(), since: Date.now() });
  const addFamily = ({ pid, what }: LivingFamily): void => {
    const startTime = startTimeOf(pid);
    if (startTime !== null) append({ pid, startTime, what });
  };
  for (const family of livingFamilies()) addFamily(family);
  const stop = listenToFamilies({ started: addFamily });
  return {
    uses: 0,
    append,
    close() {
      open.delete(folder);
      stop();
      closeSync(descriptor);
      rmSync(path, { force: true });
      removeEmpty(folder, first);
    },
  };
}

/** The folders from this one up to the first that was made. */
function removeEmpty(folder: string, first: string | undefined): void {
  try {
    for (let around = folder; first !== undefined && around.startsWith(first); around = dirname(around)) {
      rmdirSync(around);
    }
  } catch {
    // Somebody else uses it by now.
  }
}

/** All records of a state folder but our own. */
export function readProcessRecords(stateDirectory: string): readonly ProcessRecord[] {
  const folder = join(stateDirectory, "processes");
  return namesIn(folder)
    .filter((name) => name.endsWith(suffix) && name !== `${orchestratorId}${suffix}`)
    .flatMap((name) => readRecord(join(folder, name), name.slice(0, -suffix.length)) ?? []);
}

interface Line {
  owner?: string;
  since?: number;
  run?: string;
  repository?: string;
  pid?: number;
  startTime?: string;
  what?: string;
}

/** Null where it is gone by now. A last line that a kill cut off is left out. */
function readRecord(path: string, id: string): ProcessRecord | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  const lines = text.split("\n").flatMap(parseLine);
  const head = lines.find(({ owner }) => typeof owner === "string");
  return {
    path,
    owner: head?.owner ?? null,
    mark: `${markName}=${id}`,
    since: head?.since ?? 0,
    runs: lines.flatMap(({ run, repository = "" }) =>
      run === undefined ? [] : [{ runId: run, repositoryId: repository }],
    ),
    families: lines.flatMap(({ pid, startTime, what = "" }) =>
      typeof pid === "number" && typeof startTime === "string" ? [{ pid, startTime, what }] : [],
    ),
  };
}

function parseLine(line: string): Line[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
