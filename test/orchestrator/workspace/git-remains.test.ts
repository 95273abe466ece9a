import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGitRemains } from "../../../orchestrator/workspace/git-remains.ts";
import { openGitWorkspace } from "../../../orchestrator/workspace/git-workspace.ts";
import { openRepository } from "../../../orchestrator/workspace/repository.ts";
import { git, makeRepository } from "../../support/git-repository.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const [one, two] = ["01aaaaaaaaaaaaaaaaaaaaaaaa", "01bbbbbbbbbbbbbbbbbbbbbbbb"];

/** Two runs with a commit under a ref, a work tree and a temporary folder each. */
async function twoRuns() {
  const stateDirectory = scratchDirectory("remains");
  const { root, commit: base } = makeRepository({ "a.txt": "a\n" });
  const repository = await openRepository(root);
  const workspace = await openGitWorkspace({ repository, stateDirectory });
  await workspace.fetch(base);
  const commits: Record<string, string> = {};
  for (const run of [one, two]) {
    const checkout = await workspace.checkOut(`${run}-execute-work-1`, base);
    writeFileSync(join(checkout.directory, "a.txt"), `of ${run}\n`);
    const ref = `refs/portcullis/${run}/execute/work-1`;
    const parent = { checkout, parent: base, message: "m", trailers: {}, leaveOut: [] };
    commits[run] = (await workspace.commit({ ...parent, ref })).commit;
    mkdirSync(join(stateDirectory, "temporary", run, "worker"), { recursive: true });
  }
  const gitDirectory = join(stateDirectory, "repositories", repository.id, "git");
  const objects = () => git(gitDirectory, "cat-file", "--batch-check", "--batch-all-objects");
  return { stateDirectory, workspace, base, commits, gitDirectory, objects };
}

test("given two runs, when the remains of one are removed, then refs, objects, work trees and temporary folders of the other stay", async () => {
  const { stateDirectory, workspace, base, commits, objects } = await twoRuns();
  const remains = openGitRemains(stateDirectory);
  expect(await remains.withWorkTrees()).toEqual(new Set([one, two]));
  const [workTree = ""] = await remains.workTreesOf(one);
  expect(existsSync(join(workTree, "a.txt"))).toBe(true);
  const options = { keepNew: false, thorough: true };
  expect(await remains.remove(new Set([one]), options)).toEqual({ refs: 1, workTrees: 1 });
  expect(existsSync(workTree)).toBe(false);
  expect(await remains.withWorkTrees()).toEqual(new Set([two]));
  expect(objects()).not.toContain(commits[one]);
  expect(objects()).toContain(commits[two]);
  expect(await workspace.resolveRef(`refs/portcullis/${two}/execute/work-1`)).not.toBeNull();
  expect(await workspace.resolveRef(`refs/bases/${base}`)).not.toBeNull();
  expect(existsSync(join(stateDirectory, "temporary", one))).toBe(false);
  expect(existsSync(join(stateDirectory, "temporary", two))).toBe(true);
  expect(await remains.remove(new Set([one]), options)).toEqual({ refs: 0, workTrees: 0 });
});

test("given a run at work, when the remains of another are removed, then objects of this day stay, and older ones go", async () => {
  const { stateDirectory, commits, gitDirectory, objects } = await twoRuns();
  const remains = openGitRemains(stateDirectory);
  await remains.remove(new Set([one]), { keepNew: true, thorough: true });
  const commit = commits[one] ?? "";
  expect(objects()).toContain(commit);
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  utimesSync(join(gitDirectory, "objects", commit.slice(0, 2), commit.slice(2)), twoDaysAgo, twoDaysAgo);
  await remains.remove(new Set([one]), { keepNew: true, thorough: false });
  expect(objects()).toContain(commit);
  await remains.remove(new Set([one]), { keepNew: true, thorough: true });
  expect(objects()).not.toContain(commit);
});

test("given no repository yet, when remains are looked for or removed, then there are none", async () => {
  const remains = openGitRemains(join(scratchDirectory("remains"), "missing"));
  expect(await remains.workTreesOf(one)).toEqual([]);
  expect(await remains.remove(new Set([one]), { keepNew: false, thorough: true })).toEqual({
    refs: 0,
    workTrees: 0,
  });
});
