import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunView } from "../../look.ts";
import { portcullis, runScripted } from "../support/cli.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";

const example = join(import.meta.dirname, "../../examples/01-own-pipeline");
const files = Object.fromEntries(
  readdirSync(example, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(example, path)).isFile())
    .map((path) => [path, readFileSync(join(example, path), "utf8")]),
);
const greeting = "export const greet = (...names) => `Hello ${names.join(' and ')}`;\n";
const told = `${files["CHANGELOG.md"]}- Greets groups.\n`;

test("given the example in a repository without Portcullis, when it is run, then its own gate refuses and then passes", async () => {
  const repository = repositoryWith(files);
  const ran = await runScripted(
    script({
      "plan/plan#1": [plan(task({ scope: ["src/**", "CHANGELOG.md"] }))],
      "execute/work#1": [{ write: "src/greet.mjs", content: greeting }, done()],
      "execute/work#2": [
        {
          expect: { user: ["[custom:told-in-changelog.ts] (CHANGELOG.md) tell what you changed"] },
          do: { write: "CHANGELOG.md", content: told },
        },
        done(),
      ],
      "verify/verify#1": [accept],
    }),
    ["Greet groups", "--repo", repository, "--pipeline", "careful"],
  );
  expect(ran.report.problems).toEqual([]);
  expect(ran.exitCode).toBe(0);
  const shown = await portcullis(["show", "latest", "--json", "--state-dir", ran.stateDirectory]);
  const { run, stages } = JSON.parse(shown.stdout) as RunView;
  expect(run.pipeline).toBe("careful");
  const gates = stages[1]!.tasks[0]!.attempts.map(({ gates: own }) =>
    own.map(({ name, verdict }) => `${name} ${verdict}`),
  );
  const before = ["handoff passed", "scope passed", "protection passed", "command:test passed"];
  expect(gates).toEqual([
    [...before, "custom:told-in-changelog.ts failed"],
    [...before, "custom:told-in-changelog.ts passed"],
  ]);
  const events = await portcullis(["events", "latest", "--json", "--state-dir", ran.stateDirectory]);
  const started = JSON.parse(events.stdout.split("\n", 1)[0]!) as {
    payload: { pipeline: { source: unknown } };
  };
  expect(started.payload.pipeline.source).toEqual({
    file: "pipelines/careful.ts",
    commit: git(repository, "rev-parse", "HEAD"),
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    files: ["pipelines/careful.ts", "pipelines/told-in-changelog.ts"].map((path) => ({
      path,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })),
  });
  expect(readdirSync(ran.stateDirectory)).not.toContain("pipelines");
  expect(git(repository, "show", `${run.branch}:CHANGELOG.md`)).toContain("Greets groups.");
});
