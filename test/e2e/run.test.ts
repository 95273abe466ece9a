import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../core/digest.ts";
import type { RunView } from "../../look.ts";
import { portcullis, runScripted, type ScriptedRun } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";

const source = { "src/sum.mjs": "export const sum = (a, b) => a - b;\n" };
const node = {
  ...source,
  "test/sum.test.mjs":
    'import assert from "node:assert/strict";\nimport { test } from "node:test";\n' +
    'import { sum } from "../src/sum.mjs";\ntest("sum", () => assert.equal(sum(2, 2), 4));\n',
  "portcullis.yaml": "commands:\n  test: node --test\n",
};
const fixed = { write: "src/sum.mjs", content: "export const sum = (a, b) => a + b;\n" };

async function show({ stateDirectory }: ScriptedRun): Promise<RunView> {
  const { stdout } = await portcullis(["show", "latest", "--json", "--state-dir", stateDirectory]);
  return JSON.parse(stdout) as RunView;
}

function branches(repository: string): string {
  return git(repository, "for-each-ref", "--format=%(refname)");
}

describe("given a worker that claims success while the command fails", () => {
  it("then the run ends failed with exit code 1, and nothing of it is in the user's repository", async () => {
    const repository = repositoryWith(node);
    const before = git(repository, "count-objects", "-v");
    const wrong = (n: number) => ({ write: "src/sum.mjs", content: `export const sum = () => ${n};\n` });
    const attempts = Object.fromEntries([1, 2, 3].map((n) => [`execute/work#${n}`, [wrong(n), done()]]));
    const played = script({ "plan/plan#1": [plan(task())], ...attempts });
    const ran = await runScripted(played, ["Fix sum", "--repo", repository]);
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(1);
    const { run, stages } = await show(ran);
    expect(run).toMatchObject({ status: "failed", reason: { code: "gates.refused" } });
    expect(stages[1]!.tasks[0]!.attempts).toHaveLength(3);
    expect(stages[2]!.status).toBe("pending");
    expect(branches(repository)).toBe("refs/heads/main");
    expect(git(repository, "count-objects", "-v")).toBe(before);
  });
});

describe("given a worker that breaks a boundary", () => {
  it("then scope and protection refuse it, and the next attempt starts clean", async () => {
    const repository = repositoryWith(node);
    const told = { user: ["[scope] (elsewhere.txt)", "[protection] (test/sum.test.mjs)", "set aside"] };
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(task())],
        "execute/work#1": [
          { write: "test/sum.test.mjs", content: "// gone\n" },
          { write: "elsewhere.txt", content: "x\n" },
          done(),
        ],
        "execute/work#2": [
          { expect: told, do: fixed },
          { write: "test/more.test.mjs", content: 'import "node:test";\n' },
          done(),
        ],
        "verify/verify#1": [accept],
      }),
      ["Fix sum", "--repo", repository],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
    const { run } = await show(ran);
    expect(git(repository, "diff", "--name-only", "main", run.branch)).toBe(
      "src/sum.mjs\ntest/more.test.mjs",
    );
  });
});

describe("given answers that are not the schema", () => {
  it("then one repair turn is told why, and a second failure ends the attempt", async () => {
    const repository = repositoryWith(node);
    const ran = await runScripted(
      script({
        "plan/plan#1": [
          { say: "I think we should fix it." },
          { expect: { user: ["could not be read", "JSON"] }, do: plan(task()) },
        ],
        "execute/work#1": [fixed, { say: "done!" }, { say: { taskId: "work", extra: 1 } }],
        "execute/work#2": [fixed, done()],
        "verify/verify#1": [accept],
      }),
      ["Fix sum", "--repo", repository],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
    const { stages } = await show(ran);
    const gates = stages[0]!.tasks[0]!.attempts[0]!.gates.map(({ name, verdict }) => `${name} ${verdict}`);
    expect(gates).toEqual(["handoff failed", "handoff passed", "plan passed"]);
    expect(stages[1]!.tasks[0]!.attempts.map(({ status }) => status)).toEqual(["failed", "passed"]);
  });
});

describe("given a verifier that rejects", () => {
  it("then the task is reopened with its findings, and the run passes when they are met", async () => {
    const repository = repositoryWith(node);
    const finding = { taskId: "work", path: "src/sum.mjs", message: "no comment says what it does" };
    const commented = { write: "src/sum.mjs", content: "// Adds.\nexport const sum = (a, b) => a + b;\n" };
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(task())],
        "execute/work#1": [fixed, done()],
        "verify/verify#1": [{ say: { verdict: "reject", summary: "almost", findings: [finding] } }],
        "execute/work#2": [{ expect: { user: ["no comment says"] }, do: commented }, done()],
        "verify/verify#2": [accept],
      }),
      ["Fix sum", "--repo", repository],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
    const { run } = await show(ran);
    expect(git(repository, "show", `${run.branch}:src/sum.mjs`)).toContain("// Adds.");
  });
});

describe("given two tasks that depend on each other in order, and false claims about an artifact", () => {
  it("then they run in that order, the digest is refused, and the honest attempt passes", async () => {
    const repository = repositoryWith(node);
    const notes = { write: "src/NOTES.md", content: "notes\n" };
    const claim = (text: string) => done("notes", [{ path: "src/NOTES.md", sha256: sha256(text) }]);
    const second = task({ id: "notes", dependsOn: ["work"], artifacts: ["src/NOTES.md"] });
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(second, task())],
        "execute/work#1": [fixed, done()],
        "execute/notes#1": [{ run: "grep -q 'a + b' src/sum.mjs" }, notes, claim("other\n")],
        "execute/notes#2": [claim("notes\n")],
        "verify/verify#1": [accept],
      }),
      ["Fix sum", "--repo", repository],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
    const attempts = (await show(ran)).stages[1]!.tasks.find(({ id }) => id === "notes")!.attempts;
    const verdicts = attempts.map(({ gates }) => gates.find(({ name }) => name === "artifacts")?.verdict);
    expect(verdicts).toEqual(["failed", "passed"]);
  });
});

describe("given a worker that asks for what its sandbox denies", () => {
  it("then the request is denied and recorded, and nothing happened outside", async () => {
    const repository = repositoryWith(node);
    const outside = join(scratchDirectory("outside"), "file");
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(task())],
        "execute/work#1": [{ ask: `touch ${outside}`, why: "I want to" }],
      }),
      ["Fix sum", "--repo", repository, "--json"],
    );
    const events = ran.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; payload: unknown });
    expect(events.find(({ type }) => type === "approval.decided")?.payload).toMatchObject({
      request: { kind: "command", command: expect.arrayContaining([`touch ${outside}`]) },
      decision: { decision: "denied", by: "policy" },
    });
    expect(existsSync(outside)).toBe(false);
    expect(ran.exitCode).not.toBe(0);
  });
});

describe("given repositories of other kinds", () => {
  it("then one of Python's standard library passes, with the command that init detects", async () => {
    const repository = repositoryWith({
      "src/total.py": "def total(xs):\n    return 0\n",
      "src/__init__.py": "",
      "test/__init__.py": "",
      "test/test_total.py":
        "import unittest\nfrom src.total import total\n\nclass T(unittest.TestCase):\n" +
        "    def test_total(self):\n        self.assertEqual(total([1, 2]), 3)\n",
    });
    const init = await portcullis(["init", "--repo", repository]);
    expect(init).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("python3 -m unittest discover"),
    });
    git(repository, "add", "-A");
    git(repository, "-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-qm", "configure");
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(task())],
        "execute/work#1": [
          { write: "src/total.py", content: "def total(xs):\n    return sum(xs)\n" },
          { run: "python3 -m unittest discover -s test -t ." },
          done(),
        ],
        "verify/verify#1": [accept],
      }),
      ["Make total work", "--repo", repository],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
  });

  it("then one whose tests open a port on loopback passes, and cannot reach outside", async () => {
    const serve = [
      'import http from "node:http";',
      'import { test } from "node:test";',
      'import assert from "node:assert/strict";',
      'import { sum } from "../src/sum.mjs";',
      'test("serves", async () => {',
      '  const server = http.createServer((_q, r) => r.end(String(sum(1, 2)))).listen(0, "127.0.0.1");',
      '  await new Promise((ok) => server.once("listening", ok));',
      "  const answer = await fetch(`http://127.0.0.1:${server.address().port}`);",
      "  const text = await answer.text();",
      "  // Else the base, which fails here, would wait for its server until its time is over.",
      "  server.close();",
      '  assert.equal(text, "3");',
      '  await assert.rejects(fetch("http://192.0.2.1/"));',
      "});",
    ].join("\n");
    const repository = repositoryWith({ ...source, "test/serve.test.mjs": serve });
    const ran = await runScripted(
      script({
        "plan/plan#1": [plan(task({ commands: ["check"] }))],
        "execute/work#1": [fixed, done()],
        "verify/verify#1": [accept],
      }),
      ["Fix sum", "--repo", repository, "--check", "node --test"],
    );
    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
  });
});

describe("given Ctrl-C in mid-turn", () => {
  it("then the run ends interrupted with exit code 130, and nothing of it runs any more", async () => {
    const repository = repositoryWith(node);
    const marker = `sleep 31${1000 + (process.pid % 1000)}`;
    const state = scratchDirectory("state");
    let killed = false;
    const ran = await runScripted(
      script({
        "plan/plan#1": [{ run: `(setsid ${marker} &) ; ${marker}` }, { stall: true }],
      }),
      ["Fix sum", "--repo", repository, "--json"],
      {
        stateDirectory: state,
        onStart: (child) => {
          const timer = setInterval(() => {
            const running = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
            if (killed || !running.includes(`\n${marker}`)) return;
            killed = true;
            child.kill("SIGINT");
          }, 100);
          child.once("close", () => clearInterval(timer));
        },
      },
    );
    expect(killed).toBe(true);
    expect(ran.exitCode).toBe(130);
    expect((await show(ran)).run.status).toBe("interrupted");
    expect(branches(repository)).toBe("refs/heads/main");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(`\n${marker}`);
    expect(readdirSync(join(state, "temporary"))).toEqual([]);
  });
});
