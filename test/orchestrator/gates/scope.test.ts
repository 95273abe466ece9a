import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git } from "../../support/git-repository.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const files = { "src/a.txt": "a\n", "lib/b.txt": "b\n", "README.md": "r\n" };
const task = { scope: ["src/**", "README.md"] };

describe("the scope gate", () => {
  it.each([
    ["changes within the scope", { "src/a.txt": "x", "src/deep/er/new.txt": "n", "README.md": null }],
    ["no change", {}],
    ["a name that starts with a dot", { "src/.hidden/.x": "x" }],
  ])("given %s, then it passes", async (_what, change) => {
    const { judge, world, base } = await gateBench({ files, task });
    const commit = await commitOn(world, base, change);
    expect(await judge({ kind: "scope" }, { commit })).toMatchObject({ verdict: "passed", findings: [] });
  });

  it.each([
    ["a change outside", { "lib/b.txt": "x" }, ["lib/b.txt"]],
    ["a deletion outside", { "lib/b.txt": null, "src/a.txt": null }, ["lib/b.txt"]],
    ["a file moved out of the scope", { "src/a.txt": null, "lib/a.txt": "a\n" }, ["lib/a.txt"]],
    [
      "a name that only begins like the scope",
      { "src2/a.txt": "x", "README.md.txt": "x" },
      ["README.md.txt", "src2/a.txt"],
    ],
    ["another case of the letters", { "SRC/a.txt": "x" }, ["SRC/a.txt"]],
    ["a name with a line feed", { "lib/x\ny": "x" }, ["lib/x\ny"]],
  ])("given %s, then it fails and names the paths", async (_what, change, paths) => {
    const { judge, world, base } = await gateBench({ files, task });
    const commit = await commitOn(world, base, change);
    const judgement = await judge({ kind: "scope" }, { commit });
    expect(judgement.verdict).toBe("failed");
    expect(judgement.findings.map(({ path }) => path)).toEqual(paths);
    expect(messagesOf(judgement)[0]).toContain("outside of the task's scope (src/**, README.md)");
  });

  it("given a link in the scope that leads outside, then the link is the change, not what it leads to", async () => {
    const { judge, world, base } = await gateBench({ files, task });
    const commit = await commitOn(world, base, {}, (directory) => {
      mkdirSync(join(directory, "src/x"));
      symlinkSync("../../lib", join(directory, "src/x/link"));
    });
    expect(await world.workspace.changes(base, commit)).toMatchObject([
      { path: "src/x/link", mode: "120000" },
    ]);
    expect(await judge({ kind: "scope" }, { commit })).toMatchObject({ verdict: "passed" });
  });

  it("given a tree that is gone from the private clone, then the gate has errored", async () => {
    const { judge, world, base, stateDirectory } = await gateBench({ files, task });
    const commit = await commitOn(world, base, { "src/a.txt": "x" });
    const [name = ""] = readdirSync(join(stateDirectory, "repositories"));
    const clone = join(stateDirectory, "repositories", name, "git");
    const tree = git(clone, "rev-parse", `${commit}:src`);
    rmSync(join(clone, "objects", tree.slice(0, 2), tree.slice(2)));
    const judgement = await judge({ kind: "scope" }, { commit });
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)[0]).toMatch(/^the gate could not judge: git diff-tree/);
  });
});
