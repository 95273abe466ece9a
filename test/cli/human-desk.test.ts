import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import { portcullis, runScripted, type CliOptions } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { done, plan, repositoryWith, script, task } from "../support/scripted.ts";

const files = { "src/a.txt": "a\n", "portcullis.yaml": "commands: { test: grep -q b src/a.txt }\n" };
const asking = join(scratchDirectory("pipeline"), "asking.yaml");
writeFileSync(
  asking,
  `name: asking
stages:
  - { name: plan, kind: agent, role: planner, gates: [{ kind: plan }] }
  - name: execute
    kind: fan-out
    role: executor
    gates:
      - { kind: human, question: Is it friendly? }
      - { kind: scope }
      - { kind: protection }
      - { kind: commands, which: task }
`,
);
const write = (content: string) => ({ write: "src/a.txt", content });

/** Types each line when the question before it is on the screen. */
function typing(...lines: readonly string[]): CliOptions {
  return {
    terminal: true,
    env: { TERM: "xterm" },
    onStart(child) {
      let seen = 0;
      child.stdout?.on("data", (chunk: Buffer) => {
        for (const _prompt of chunk.toString().matchAll(/yes or no\? |leaves it out\) /g)) {
          child.stdin?.write(`${lines[seen] ?? "yes"}\r`);
          seen += 1;
        }
      });
    },
  };
}

async function attempts(stateDirectory: string): Promise<string[]> {
  const { stdout } = await portcullis(["show", "latest", "--json", "--state-dir", stateDirectory]);
  const { stages } = JSON.parse(stdout) as RunView;
  return stages[1]!.tasks[0]!.attempts.map(({ gates }) => `${gates.at(-1)?.name} ${gates.at(-1)?.verdict}`);
}

describe("given a pipeline that asks a person", () => {
  it("on a terminal, then a no goes to the worker with its reason, and a yes lets it through", async () => {
    const played = script({
      "plan/plan#1": [plan(task())],
      "execute/work#1": [write("b\n"), done()],
      "execute/work#2": [
        { expect: { user: ["[human]", "said no to 'Is it friendly?': too curt"] }, do: write("dear b\n") },
        done(),
      ],
    });
    const ran = await runScripted(
      played,
      ["Be nice", "--repo", repositoryWith(files), "--pipeline", asking],
      typing("maybe", "no", "too curt", "YES"),
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.stdout).toContain("modified src/a.txt");
    expect(ran.stdout).toMatch(/see it: git -C \S+ diff [0-9a-f]{12} HEAD/);
    expect(ran.exitCode).toBe(0);
    expect(await attempts(ran.stateDirectory)).toEqual(["human failed", "human passed"]);
    const { stdout } = await portcullis(["gates", "latest", "--state-dir", ran.stateDirectory]);
    expect(stdout).toContain("said no to 'Is it friendly?': too curt");
  });

  it.each<[string, readonly string[], CliOptions]>([
    ["without a terminal", [], {}],
    ["with --json", ["--json"], { terminal: true }],
    ["in CI", [], { terminal: true, env: { CI: "true" } }],
  ])(
    "%s, then nobody is asked, the gate has errored, and no other attempt is paid for",
    async (_where, more, options) => {
      const played = script({ "plan/plan#1": [plan(task())], "execute/work#1": [write("b\n"), done()] });
      const ran = await runScripted(
        played,
        ["Be nice", "--repo", repositoryWith(files), "--pipeline", asking, ...more],
        options,
      );
      expect(ran.report.problems).toEqual([]);
      expect(ran.exitCode).toBe(6);
      expect(await attempts(ran.stateDirectory)).toEqual(["human errored"]);
      const { stdout } = await portcullis(["gates", "latest", "--state-dir", ran.stateDirectory]);
      expect(stdout).toContain("was not answered: nobody is there to answer");
    },
  );

  it("and a command that fails, then the person is not bothered", async () => {
    const played = script({
      "plan/plan#1": [plan(task())],
      ...Object.fromEntries([1, 2, 3].map((n) => [`execute/work#${n}`, [write(`${n}\n`), done()]])),
    });
    const ran = await runScripted(
      played,
      ["Be nice", "--repo", repositoryWith(files), "--pipeline", asking],
      typing(),
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).not.toContain("Is it friendly?");
    expect(await attempts(ran.stateDirectory)).toEqual(
      Array.from({ length: 3 }, () => "command:test failed"),
    );
  });
});
