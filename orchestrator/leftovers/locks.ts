import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { identify, isStillThere, type FileIdentity } from "./file-identity.ts";
import { runOfName } from "./run-of-name.ts";

/** Longer than any command of git may take (`workspace/git.ts`, `work-trees.ts`). */
const longestCommandMs = 15 * 60_000;

/** A file by which a git command keeps others out; after a kill it stays, and the next command fails. */
export interface Lock extends FileIdentity {
  repositoryId: string;
  /** The run whose work tree it locks, or null where it locks what all runs of the repository share. */
  runId: string | null;
}

export interface LockRequest {
  stateDirectory: string;
  repositoryId: string;
  /** The run that begins here: nobody else works in its work trees. */
  runId: string;
  /** Another living process works in the same private clone. */
  isShared: boolean;
}

/** Takes away what would stop this run's own git commands: it looks at no other run's. */
export async function removeStaleLocks(request: LockRequest): Promise<void> {
  const { stateDirectory, repositoryId, runId, isShared } = request;
  const git = join(stateDirectory, "repositories", repositoryId, "git");
  const workTrees = await namesIn(join(git, "worktrees"));
  const own = workTrees
    .filter((name) => runOfName(name) === runId)
    .map((name) => join(git, "worktrees", name));
  const shared = [git, ...(await foldersIn(join(git, "refs", "bases")))];
  const ofRun = await foldersIn(join(git, "refs", "portcullis", runId));
  const [ownLocks, sharedLocks] = await Promise.all([
    locksIn([...own, ...ofRun], { repositoryId, runId }),
    locksIn(shared, { repositoryId, runId: null }),
  ]);
  const stale = sharedLocks.filter((lock) => isStaleLock(lock, { isInUse: isShared, now: Date.now() }));
  await Promise.all([...ownLocks, ...stale].map(removeLock));
}

/** Every lock of a private clone. */
export async function listLocks(stateDirectory: string, repositoryId: string): Promise<readonly Lock[]> {
  const git = join(stateDirectory, "repositories", repositoryId, "git");
  const workTrees = await namesIn(join(git, "worktrees"));
  const perTree = workTrees.map((name) =>
    locksIn([join(git, "worktrees", name)], { repositoryId, runId: runOfName(name) }),
  );
  const shared = locksIn([git, ...(await foldersIn(join(git, "refs")))], { repositoryId, runId: null });
  return (await Promise.all([...perTree, shared])).flat();
}

/** `isInUse`: somebody lives who may hold it. No command of git takes as long as its lock may then be old. */
export function isStaleLock(
  { changedAt }: FileIdentity,
  { isInUse, now }: { isInUse: boolean; now: number },
): boolean {
  return !isInUse || now - changedAt > longestCommandMs;
}

/** Not one that somebody has made meanwhile: as long as the old one is there, nobody can. */
export async function removeLock(lock: FileIdentity): Promise<void> {
  if (await isStillThere(lock)) await rm(lock.path, { force: true });
}

async function locksIn(
  folders: readonly string[],
  about: Pick<Lock, "repositoryId" | "runId">,
): Promise<readonly Lock[]> {
  const paths = await Promise.all(
    folders.map(async (folder) =>
      (await namesIn(folder)).filter((name) => name.endsWith(".lock")).map((name) => join(folder, name)),
    ),
  );
  const found = await Promise.all(paths.flat().map(identify));
  return found.flatMap((lock) => (lock === null ? [] : [{ ...lock, ...about }]));
}

/** A folder and all that lie within it; none where it is missing. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) return [];
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => foldersIn(join(folder, entry.name)));
  return [folder, ...(await Promise.all(below)).flat()];
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
