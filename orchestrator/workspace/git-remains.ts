import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunRemains } from "../../core/ports/run-remains.ts";
import { runOfName } from "../leftovers/run-of-name.ts";
import { gitText, runGit } from "./git.ts";
import { cloneGit, cloneAt, type PrivateClone } from "./private-clone.ts";
import { removeCheckout } from "./work-trees.ts";

const thoroughPruneMs = 600_000;
const quickPruneMs = 10_000;

/** Work trees and refs bear the run's id first (`orchestrator/perform/names.ts`). */
export function openGitRemains(stateDirectory: string): RunRemains {
  return {
    workTreesOf: async (runId) => {
      const found = await Promise.all(
        (await clonesIn(stateDirectory)).map(async (clone) =>
          (await workTreesIn(clone))
            .filter((name) => runOfName(name) === runId)
            .map((name) => join(clone.workTrees, name)),
        ),
      );
      return found.flat();
    },
    withWorkTrees: async () => {
      const names = await Promise.all((await clonesIn(stateDirectory)).map(workTreesIn));
      return new Set(names.flat().flatMap((name) => runOfName(name) ?? []));
    },
    remove: async (runIds, { keepNew, thorough }) => {
      const removed = { refs: 0, workTrees: 0 };
      for (const clone of await clonesIn(stateDirectory)) {
        const workTrees = (await workTreesIn(clone)).filter((name) => runIds.has(runOfName(name) ?? ""));
        for (const name of workTrees) await removeCheckout(clone, name);
        const refs = await removeRefs(clone, runIds);
        removed.workTrees += workTrees.length;
        removed.refs += refs;
        const expire = keepNew ? "1.day.ago" : "now";
        // Thorough also where a crash came between the refs and this.
        if (thorough) await pruneObjects(clone, expire, thoroughPruneMs);
        else if (refs > 0) await pruneObjects(clone, expire, quickPruneMs).catch(() => undefined);
      }
      for (const runId of runIds) {
        await rm(join(stateDirectory, "temporary", runId), { recursive: true, force: true });
      }
      return removed;
    },
  };
}

async function clonesIn(stateDirectory: string): Promise<PrivateClone[]> {
  const clones = (await namesIn(join(stateDirectory, "repositories"))).map((id) =>
    cloneAt(stateDirectory, id),
  );
  const made = await Promise.all(clones.map(async ({ gitDirectory }) => namesIn(gitDirectory)));
  return clones.filter((_clone, index) => made[index]?.includes("HEAD"));
}

function workTreesIn({ workTrees }: PrivateClone): Promise<string[]> {
  return namesIn(workTrees);
}

async function removeRefs(clone: PrivateClone, runIds: ReadonlySet<string>): Promise<number> {
  const git = cloneGit(clone);
  const all = await gitText(["for-each-ref", "--format=%(refname)", "refs/portcullis/"], git);
  const refs = all.split("\n").filter((ref) => runIds.has(ref.split("/")[2] ?? ""));
  if (refs.length === 0) return 0;
  const input = refs.map((ref) => `delete ${ref}\n`).join("");
  await runGit(["update-ref", "--no-deref", "--stdin"], { ...git, input });
  return refs.length;
}

async function pruneObjects(clone: PrivateClone, expire: string, timeoutMs: number): Promise<void> {
  await runGit(["prune", `--expire=${expire}`], { ...cloneGit(clone), timeoutMs });
}

/** None where there is no such folder. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
