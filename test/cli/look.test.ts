import { beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { portcullis, runScripted, type ScriptedRun } from "../support/cli.ts";
import {
  eventContract,
  gatesContract,
  runsContract,
  showContract,
  traceContract,
} from "../support/cli-contract.ts";
import { accept, done, git, plan, repositoryWith, script, task, usage } from "../support/scripted.ts";

const files = {
  "src/a.txt": "bad\n",
  "portcullis.yaml": "commands:\n  test: grep -q good src/a.txt\n",
};
const writes = (content: string) => ({ write: "src/a.txt", content });
const repository = repositoryWith(files);
let passed: ScriptedRun;
let failed: ScriptedRun;

beforeAll(async () => {
  const goal = ["Make it good", "--repo", repository];
  const planned = { "plan/plan#1": [plan(task())] };
  passed = await runScripted(
    script({
      ...planned,
      "execute/work#1": [writes("worse\n"), done()],
      "execute/work#2": [writes("good\n"), done()],
      "verify/verify#1": [accept],
    }),
    [...goal, "--json"],
  );
  const never = [1, 2, 3].map((n) => [`execute/work#${n}`, [{ run: `echo ${n} > src/a.txt` }, done()]]);
  const unpriced = { ...script({ ...planned, ...Object.fromEntries(never) }), model: "a-model-of-our-own" };
  failed = await runScripted(unpriced, goal, { stateDirectory: passed.stateDirectory });
});

function look(...args: readonly string[]) {
  return portcullis([...args, "--state-dir", passed.stateDirectory]);
}

async function json<T>(schema: z.ZodType<T>, ...args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await look(...args, "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return schema.parse(JSON.parse(stdout));
}

async function runIds(): Promise<string[]> {
  return (await json(runsContract, "runs")).map(({ id }) => id);
}

describe("given a run that passed in its second attempt", () => {
  it("then its JSON lines on stdout are its log and nothing else", async () => {
    expect(passed).toMatchObject({ exitCode: 0, stderr: "", report: { problems: [] } });
    const lines = passed.stdout.trimEnd().split("\n");
    const events = lines.map((line) => eventContract.parse(JSON.parse(line)));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index + 1));
    const id = events[0]!.runId;
    const { stdout } = await look("events", id, "--json");
    const kept: unknown[] = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(kept).toEqual(events);
  });

  it("then show --json keeps the contract, to the last member", async () => {
    const [, id = ""] = await runIds();
    const { run, stages } = await json(showContract, "show", id);
    expect(run).toMatchObject({ id, goal: "Make it good", status: "passed", reason: null, repo: repository });
    expect(run.headCommit).toBe(git(repository, "rev-parse", run.branch));
    const turns = 6;
    const { costUsd, ...counted } = run.usage;
    expect(costUsd).toBeGreaterThan(0);
    const served = Object.entries(usage).map(([name, count]) => [name, count * turns]);
    expect(counted).toEqual(Object.fromEntries(served));
    expect(stages.map(({ name, status }) => [name, status])).toEqual([
      ["plan", "passed"],
      ["execute", "passed"],
      ["verify", "passed"],
    ]);
    const [first, second] = stages[1]!.tasks[0]!.attempts;
    expect([first!.status, second!.status]).toEqual(["failed", "passed"]);
    expect(first!.gates.at(-1)).toMatchObject({ name: "command:test", verdict: "failed", exitCode: 1 });
    expect(second!.gates.at(-1)).toMatchObject({ verdict: "passed", exitCode: 0, findings: [] });
    expect(stages[2]!.gates).toEqual(stages[2]!.tasks[0]!.attempts[0]!.gates);
    expect(stages[1]!.gates).toEqual([]);
  });

  it("then gates --json has a row for each verdict, in order", async () => {
    const [, id = ""] = await runIds();
    const rows = await json(gatesContract, "gates", id);
    const all = rows.map(({ stage, attempt, name, verdict }) => `${stage}#${attempt} ${name} ${verdict}`);
    expect(all).toEqual(
      [
        "plan#1 handoff passed",
        "plan#1 plan passed",
        ...[1, 2].flatMap((n) =>
          ["handoff", "scope", "protection", "diff", "artifacts"].map(
            (name) => `execute#${n} ${name} passed`,
          ),
        ),
        "verify#1 handoff passed",
        "verify#1 review passed",
        "verify#1 command:test passed",
      ]
        .toSpliced(7, 0, "execute#1 command:test failed")
        .toSpliced(13, 0, "execute#2 command:test passed"),
    );
  });

  it("then each command's verdict shows its runs, those on the base too, and that it had no network", async () => {
    const [, id = ""] = await runIds();
    const rows = await json(gatesContract, "gates", id);
    const commands = rows.filter(({ command }) => command !== null);
    expect(commands.map(({ runs }) => runs.map(({ on, verdict }) => `${on} ${verdict}`))).toEqual([
      ["candidate failed"],
      ["candidate passed", "base failed"],
      ["candidate passed", "base failed"],
    ]);
    expect(
      commands.every(({ network, evidence, runs }) => network === "none" && evidence === runs[0]!.evidence),
    ).toBe(true);
    const measured = rows.filter(({ command }) => command === null);
    expect(
      measured.every(({ network, tests, runs }) => network === null && tests === null && runs.length === 0),
    ).toBe(true);
    expect((await look("gates", id)).stdout).toContain("runs: passed (");
  });

  it("then trace --json is one tree of ended spans", async () => {
    const [, id = ""] = await runIds();
    const spans = await json(traceContract, "trace", id);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    expect(spans.filter(({ parentId }) => parentId === null)).toMatchObject([{ kind: "run", ok: true }]);
    for (const { parentId, endTime } of spans) {
      expect(endTime).not.toBeNull();
      expect(parentId === null || ids.has(parentId)).toBe(true);
    }
  });
});

describe("given a run that failed, on a model without a price", () => {
  it("then show --json keeps the contract, with no cost, a reason and the stages that never began", async () => {
    expect(failed.exitCode).toBe(1);
    const { run, stages } = await json(showContract, "show", "latest");
    expect(run).toMatchObject({
      status: "failed",
      headCommit: run.baseCommit,
      reason: { code: "gates.refused" },
    });
    expect(run.usage.costUsd).toBeNull();
    expect(run.usage.inputTokens).toBe(700);
    expect(stages.map(({ status }) => status)).toEqual(["passed", "failed", "pending"]);
    expect(stages[2]!.tasks).toEqual([
      { id: "verify", title: "verify", status: "pending", dependsOn: [], attempts: [] },
    ]);
  });

  it("then looking at it is no failure of the command", async () => {
    for (const command of ["show", "gates", "trace", "events"])
      expect((await look(command, "latest")).exitCode).toBe(0);
    expect((await look("show", "latest")).stdout).toContain("unpriced");
    const evidence = await look("gates", "latest", "--output");
    expect(evidence.stdout).toContain("command:test  failed");
  });
});

describe("naming a run", () => {
  it("given ids, unique prefixes in any case, and 'latest', then they are found", async () => {
    const [last = "", first = ""] = await runIds();
    const idShown = async (reference: string) => (await json(showContract, "show", reference)).run.id;
    expect(await idShown("latest")).toBe(last);
    expect(await idShown(first)).toBe(first);
    expect(await idShown(first.slice(0, 20).toUpperCase())).toBe(first);
  });

  it.each([
    ["a prefix of two", (id: string) => id.slice(0, 3), /several begin/],
    ["an id that is none", () => "zzzz", /zzzz/],
    ["an empty name", () => "", /portcullis runs/],
  ])("given %s, then it is refused in one line with the remedy", async (_what, reference, says) => {
    const [id = ""] = await runIds();
    const ran = await look("show", reference(id));
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
  });

  it("given a limit, then so many are listed, newest first", async () => {
    const [last] = await runIds();
    expect((await json(runsContract, "runs", "--limit", "1")).map(({ id }) => id)).toEqual([last]);
  });
});
