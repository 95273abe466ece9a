import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { identify, type FileIdentity } from "./file-identity.ts";
import { runOfName } from "./run-of-name.ts";

export type RemainsKind =
  | "temporary folder"
  | "sandbox probe"
  | "unfinished environment"
  | "pipeline code"
  | "unfinished artifact"
  | "discarded checkout";

/** Something in the state folder that somebody made for a while. */
export interface Remains extends FileIdentity {
  kind: RemainsKind;
  /** Whose it is, where its name says so. */
  runId: string | null;
}

/** A work tree, one made ahead, or what is left of one: a folder, git's own folder for it, or both. */
export interface TreeFolder extends FileIdentity {
  repositoryId: string;
  id: string;
  /** Null for a tree in which an environment is made. */
  runId: string | null;
}

/** Places of what is made for a while; each is a folder, and which of its entries count. */
const places: readonly [kind: RemainsKind, folder: string, counts: RegExp][] = [
  ["temporary folder", "temporary", /./],
  ["sandbox probe", "sandbox", /^probe-/],
  ["unfinished environment", "environments", /\./],
  ["pipeline code", "pipelines", /./],
];

/** Whoever made them, living or dead. */
export async function listRemains(stateDirectory: string): Promise<readonly Remains[]> {
  const artifacts = join(stateDirectory, "artifacts");
  const found = await Promise.all([
    ...places.map(([kind, folder, counts]) => entriesOf(join(stateDirectory, folder), kind, counts)),
    ...(await repositoriesIn(stateDirectory)).map((id) =>
      entriesOf(join(stateDirectory, "repositories", id, "temporary"), "temporary folder", /./),
    ),
    ...(await repositoriesIn(stateDirectory)).map((id) =>
      entriesOf(join(stateDirectory, "repositories", id, "removed"), "discarded checkout", /./),
    ),
    ...(await namesIn(artifacts)).map((name) =>
      entriesOf(join(artifacts, name), "unfinished artifact", /\.tmp$/),
    ),
  ]);
  return found.flat();
}

export async function listWorkTrees(stateDirectory: string): Promise<readonly TreeFolder[]> {
  const found = await Promise.all(
    (await repositoriesIn(stateDirectory)).map(async (repositoryId) => {
      const home = join(stateDirectory, "repositories", repositoryId);
      const trees = join(home, "work-trees");
      const administered = join(home, "git", "worktrees");
      const ahead = join(home, "ahead");
      const folders = [trees, ahead, administered];
      const ids = new Set((await Promise.all(folders.map(namesIn))).flat());
      return Promise.all(
        [...ids].map(async (id) => {
          const parts = await Promise.all(folders.map((folder) => identify(join(folder, id))));
          const first = parts.find((part) => part !== null);
          return first == null ? [] : [{ ...first, repositoryId, id, runId: runOfName(id) }];
        }),
      );
    }),
  );
  return found.flat(2);
}

export function repositoriesIn(stateDirectory: string): Promise<readonly string[]> {
  return namesIn(join(stateDirectory, "repositories"));
}

async function entriesOf(folder: string, kind: RemainsKind, counts: RegExp): Promise<readonly Remains[]> {
  const names = (await namesIn(folder)).filter((name) => counts.test(name));
  const found = await Promise.all(names.map((name) => identify(join(folder, name))));
  return found.flatMap((one, index) =>
    one === null ? [] : [{ ...one, kind, runId: runOfName(names[index] ?? "") }],
  );
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
