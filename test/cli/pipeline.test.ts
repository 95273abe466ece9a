import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { portcullis } from "../support/cli.ts";
import { commitFiles } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { git, repositoryWith } from "../support/scripted.ts";

const good = `name: own
stages:
  - { name: plan, kind: agent, role: planner, gates: [{ kind: human, question: 'Go "on"?' }] }
  - { name: judge, kind: agent, role: verifier, gates: [{ kind: review }] }
`;

function fileWith(name: string, text: string): string {
  const path = join(scratchDirectory("pipeline"), name);
  writeFileSync(path, text);
  return path;
}

describe("portcullis pipeline check", () => {
  it("given a good file, then it says what the pipeline does, or all of it as JSON", async () => {
    const file = fileWith("own.yaml", good);
    const told = await portcullis(["pipeline", "check", file]);
    expect(told).toMatchObject({ exitCode: 0, stderr: "" });
    expect(told.stdout).toContain("pipeline own: 2 stages, no objection");
    expect(told.stdout).toContain("judge        agent by verifier: review");
    const json = await portcullis(["pipeline", "check", file, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schemaVersion: 1,
      pipeline: { name: "own", limits: { attempts: 3 }, source: { file, commit: null } },
    });
  });

  it.each([
    [
      "own.yaml",
      good.replace("review", "reveiw"),
      /own\.yaml:4:\d+: .*found "reveiw"\n {2}→ did you mean 'review'\?/,
    ],
    ["own.json", '{"name": "own", "stages": []}', /own\.json:1:27: 'stages': expected at least 1 items/],
    ["own.ts", "export default { name: 'own' };\n", /own\.ts: 'stages': expected a list, found nothing/],
    ["own.mjs", "\nnull.stages;\n", /own\.mjs:2:6: Cannot read properties of null/],
  ])(
    "given a bad %s, then exit code 2, one line that says where, and nothing on stdout",
    async (name, text, says) => {
      for (const more of [[], ["--json"]]) {
        const ran = await portcullis(["pipeline", "check", fileWith(name, text), ...more]);
        expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
        expect(ran.stderr).toMatch(says);
        expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
      }
    },
  );

  it.each([
    [["pipeline"], /expected a command after 'pipeline'/],
    [["pipeline", "chekc", "x"], /unknown command 'pipeline chekc'\n.*'portcullis pipeline check'/],
    [["pipeline", "check"], /missing required argument 'file'/],
    [["pipeline", "check", "/nowhere.yaml"], /cannot be read/],
    [["pipeline", "check", "a/b.txt"], /ends in \.yaml/],
    [["pipeline", "graph", "/nowhere.ts"], /cannot be read/],
  ] as [string[], RegExp][])("given %j, then it is wrong usage", async (args, says) => {
    const ran = await portcullis(args);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
  });

  it("given help for the group, then its commands are listed", async () => {
    for (const args of [
      ["pipeline", "--help"],
      ["help", "pipeline"],
    ]) {
      const ran = await portcullis(args);
      expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
      expect(ran.stdout).toMatch(/pipeline check .*\n.*pipeline graph /);
    }
  });
});

describe("portcullis pipeline graph", () => {
  it("given a file or a built-in name, then a flowchart with escaped labels", async () => {
    const { stdout } = await portcullis(["pipeline", "graph", fileWith("own.yaml", good)]);
    expect(stdout).toMatch(/^flowchart TD\n/);
    expect(stdout).toContain('gates0{"human: Go #34;on#34;#63;"}');
    expect((await portcullis(["pipeline", "graph", "plan-execute-verify"])).stdout).toContain(
      "tasks reopened",
    );
  });
});

describe("a pipeline by a name of portcullis.yaml", () => {
  const code =
    'import { name } from "./name.ts";\nexport default { name, stages: [{ name: "p", kind: "agent", role: "planner", gates: [{ kind: "handoff" }] }] };\n';
  const files = {
    "portcullis.yaml":
      "commands: { test: 'true' }\npipelines:\n  coded: { file: ci/own.ts }\n  inline:\n    stages: [{ name: p, kind: agent, role: planner, gates: { none: it only plans } }]\n  gone: { file: ci/gone.yaml }\n",
    "ci/own.ts": code,
    "ci/name.ts": 'export const name = "committed";\n',
  };

  it("given one in code, then it is that of the commit, never of the work tree, and leaves nothing behind", async () => {
    const repository = repositoryWith(files);
    const state = join(scratchDirectory("state"), "state");
    writeFileSync(join(repository, "ci/name.ts"), 'export const name = "work-tree";\n');
    const check = (name: string) =>
      portcullis(["pipeline", "check", name, "--repo", repository, "--state-dir", state, "--json"]);
    const { pipeline } = JSON.parse((await check("coded")).stdout) as {
      pipeline: { name: string; source: object };
    };
    expect(pipeline).toMatchObject({
      name: "committed",
      source: { file: "ci/own.ts", commit: git(repository, "rev-parse", "HEAD") },
    });
    expect(JSON.parse((await check("inline")).stdout)).toMatchObject({ pipeline: { name: "inline" } });
    expect(readdirSync(join(state, ".."))).toEqual([]);
  });

  it("given what is wrong, then the error says where, and nothing is made", async () => {
    const repository = repositoryWith(files);
    const state = join(scratchDirectory("state"), "state");
    const run = (name: string) =>
      portcullis(["run", "x", "--pipeline", name, "--repo", repository, "--state-dir", state]);
    expect((await run("gone")).stderr).toContain(
      "portcullis.yaml:6:17: 'pipelines.gone.file': the base commit has no file 'ci/gone.yaml'",
    );
    expect((await run("codde")).stderr).toMatch(
      /unknown pipeline 'codde'; there is 'plan-execute-verify', 'coded', 'inline', 'gone'\n.*'coded'/,
    );
    commitFiles(repository, { "ci/name.ts": '\nthrow new Error("broken");\nexport const name = "x";\n' });
    const broken = await run("coded");
    expect(broken).toMatchObject({ exitCode: 2, stdout: "" });
    expect(broken.stderr).toContain("ci/name.ts:2:7: broken");
    commitFiles(repository, {
      "portcullis.yaml": files["portcullis.yaml"].replace("inline:", "plan-execute-verify:"),
    });
    expect((await run("plan-execute-verify")).stderr).toContain(
      "portcullis.yaml:4:3: 'pipelines.plan-execute-verify': a built-in pipeline has this name",
    );
    expect(readdirSync(join(state, ".."))).toEqual([]);
  });
});
