import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkCommit, type HumanDesk } from "../../index.ts";
import { portcullis } from "../support/cli.ts";
import { commitFiles, makeRepository } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";

const base = {
  "src/a.js": "a\n",
  "portcullis.yaml": "commands:\n  test: test -s src/a.js\npipelines:\n  own: { file: ci/own.yaml }\n",
  "ci/own.yaml":
    "name: own\nstages:\n  - { name: p, kind: agent, role: planner, gates: { none: it only plans } }\n  - { name: c, kind: check, role: null, gates: [{ kind: commands, which: all }, { kind: custom, module: ./small.ts }] }\n",
  "ci/small.ts":
    'export default async ({ changes, task, runCommand }) => {\n  const { exitCode } = await runCommand("test");\n  return changes.length === 1 && task === null && exitCode === 0 ? { verdict: "passed" } : { verdict: "failed", findings: [{ message: `${changes.length} are too many` }] };\n};\n',
};

function repositoryWith(change: Readonly<Record<string, string>>): string {
  const { root } = makeRepository(base);
  commitFiles(root, change);
  return root;
}

describe("portcullis check with a pipeline that has gates of its own", () => {
  it.each([
    ["own", { "src/a.js": "b\n" }, 0, "passed"],
    ["own", { "src/a.js": "b\n", "src/b.js": "b\n" }, 1, "failed"],
    // The pipeline of the base counts, whatever the commit makes of it.
    [
      "own",
      { "src/b.js": "", "ci/small.ts": 'export default () => ({ verdict: "passed" });\n' },
      1,
      "failed",
    ],
  ])("given the name '%s' and %j, then its exit code is %i", async (name, change, exitCode, verdict) => {
    const stateDirectory = scratchDirectory("state");
    const place = ["--repo", repositoryWith(change), "--state-dir", stateDirectory];
    const ran = await portcullis(["check", "--pipeline", name, ...place, "--json"]);
    expect(ran).toMatchObject({ exitCode });
    const gates = await portcullis(["gates", "latest", "--state-dir", stateDirectory]);
    expect(gates.stdout).toMatch(new RegExp(`check/check#1 {2}custom:small\\.ts {2}${verdict}`));
    expect(readdirSync(stateDirectory)).not.toContain("pipelines");
  });

  it("given a file, then its gates judge; with nobody there a person's gate has errored", async () => {
    const folder = scratchDirectory("pipeline");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "asked.yaml");
    writeFileSync(
      file,
      "name: asked\nstages: [{ name: c, kind: check, role: null, gates: [{ kind: human, question: Good? }] }]\n",
    );
    const repository = repositoryWith({ "src/a.js": "b\n" });
    const place = ["--repo", repository, "--state-dir", scratchDirectory("state")];
    const ran = await portcullis(["check", "--pipeline", file, ...place, "--json"]);
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stdout).toContain("nobody is there to answer");

    const yes: HumanDesk = { ask: () => Promise.resolve({ answer: "yes", by: "ann", comment: null }) };
    const stateDirectory = scratchDirectory("state");
    const { state } = await checkCommit({ repository, pipeline: file, stateDirectory, human: yes });
    expect(state.status).toBe("passed");
  });
});
