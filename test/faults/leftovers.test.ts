/** FAULTS 6: processes and work trees of dead runs are reaped by pid and start time; what holds unmerged work is kept and listed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Examination } from "../../doctor.ts";
import { createRedactor } from "../../core/redaction.ts";
import { openStore } from "../../db/open-store.ts";
import { ownIdentity } from "../../codex/process-identity.ts";
import { startTimeOf } from "../../codex/processes.ts";
import { portcullis, runScripted } from "../support/cli.ts";
import { computesForEver, stillRunning, stopRun } from "../support/faults.ts";
import { until } from "../support/processes.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";

const files = { "src/a.txt": "a\n", "portcullis.yaml": "commands:\n  test: 'true'\n" };
const work = { write: "src/a.txt", content: "begun\n" };

/** Whoever had this process's pid: its boot, its machine, and a start time that is not ours. */
const deadOwner = ownIdentity().replace(/^\d+\/\d+/, `${process.pid}/1`);

/** One object a line, as a process writes itself down. */
function writeRecord(stateDirectory: string, lines: readonly object[]): string {
  const path = join(stateDirectory, "processes", "00000000-0000-4000-8000-000000000000.jsonl");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

async function doctor(stateDirectory: string, ...more: readonly string[]) {
  const ran = await portcullis(["doctor", "--json", "--state-dir", stateDirectory, ...more]);
  const rows = JSON.parse(ran.stdout) as Examination[];
  return { exitCode: ran.exitCode, rows: rows.slice(6), names: rows.slice(6).map(({ name }) => name) };
}

const whole = script({
  "plan/plan#1": [plan(task())],
  "execute/work#1": [work, done()],
  "verify/verify#1": [accept],
});

it("given a killed run whose gate computes for ever, when another starts, then it ends by pid and start time what is left, and no stranger", async () => {
  const stateDirectory = scratchDirectory("state");
  const killed = await stopRun({ ...computesForEver, stateDirectory, signals: ["SIGKILL"], unwatched: true });
  expect(killed.reached).toBe(true);
  const left = stillRunning(killed.seen);
  onTestFinished(() => stillRunning(left).forEach(({ pid }) => process.kill(pid, "SIGKILL")));
  expect(left).toHaveLength(1);
  const [name = ""] = readdirSync(join(stateDirectory, "processes"));
  const record = readFileSync(join(stateDirectory, "processes", name), "utf8");
  expect(record).toContain(`{"pid":${left[0]?.pid},"startTime":"${left[0]?.startTime}",`);
  expect((await doctor(stateDirectory)).rows.find(({ name: kind }) => kind === "processes")?.found).toContain(
    `still running: a pipeline's own code (${left[0]?.pid})`,
  );

  const stranger = spawn("sleep", ["300"], { detached: true });
  onTestFinished(() => void stranger.kill("SIGKILL"));
  await once(stranger, "spawn");
  const head = { owner: deadOwner, since: 1 };
  writeRecord(stateDirectory, [head, { pid: stranger.pid, startTime: "1", what: "another's" }]);
  const next = ["check", "--repo", killed.repository, "--base", "HEAD", "--state-dir", stateDirectory];
  const ran = await portcullis(next);
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout + ran.stderr).toContain(
    `ended what a dead run had left: a pipeline's own code (${left[0]?.pid})`,
  );
  expect(stillRunning(killed.seen)).toEqual([]);
  expect(startTimeOf(stranger.pid ?? 0)).not.toBeNull();
  expect(readdirSync(join(stateDirectory, "processes"))).toEqual([]);
});

describe("given a run that was killed while a worker had begun", () => {
  it("when doctor looks, then it names the run, its work and what to do; --fix takes away the rest, and nothing of the work", async () => {
    const stateDirectory = scratchDirectory("state");
    const begun = (): boolean =>
      globSync(join(stateDirectory, "repositories/*/work-trees/*/src/a.txt")).some(
        (path) => readFileSync(path, "utf8") === work.content,
      );
    const workers = { "plan/plan#1": [plan(task())], "execute/work#1": [work, { stall: true } as const] };
    const killed = await stopRun({ files, workers, stateDirectory, reached: begun, signals: ["SIGKILL"] });
    expect(killed).toMatchObject({ reached: true, left: [] });
    const before = await doctor(stateDirectory);
    expect(before.exitCode).toBe(4);
    const run = before.rows.find(({ name }) => name === "run");
    expect(run).toMatchObject({ outcome: "wrong", remedy: `portcullis resume ${run?.runId}` });
    const tree = before.rows.find(({ name }) => name === "work tree");
    expect(tree).toMatchObject({ outcome: "kept", ok: true, runId: run?.runId });
    const temporary = before.rows.find(({ name }) => name === "temporary folder");
    expect(temporary).toMatchObject({ outcome: "wrong", runId: run?.runId });
    expect(existsSync(temporary?.path ?? "")).toBe(true);

    const mended = await doctor(stateDirectory, "--fix");
    expect(mended.exitCode).toBe(4);
    expect(mended.rows.find(({ name }) => name === "temporary folder")?.outcome).toBe("mended");
    expect(existsSync(temporary?.path ?? "")).toBe(false);
    expect(readFileSync(join(tree?.path ?? "", "src/a.txt"), "utf8")).toBe(work.content);

    const after = await doctor(stateDirectory, "--fix");
    expect(after.names.toSorted()).toEqual(["run", "work tree"]);
  });
});

describe("given a run that goes on", () => {
  it("when doctor --fix runs meanwhile, then nothing of it is touched, and it passes", async () => {
    const stateDirectory = scratchDirectory("state");
    let meanwhile: ReturnType<typeof doctor> | undefined;
    const steps = script({
      "plan/plan#1": [plan(task())],
      "execute/work#1": [work, { stall: { forMs: 4000 } }, done()],
      "verify/verify#1": [accept],
    });
    const hasBegun = (): boolean => globSync(join(stateDirectory, "repositories/*/work-trees/*")).length > 0;
    const ran = await runScripted(steps, ["Do it", "--repo", repositoryWith(files)], {
      stateDirectory,
      onStart: () => {
        meanwhile = until(hasBegun, 20_000).then(() => doctor(stateDirectory, "--fix"));
      },
    });
    expect((await meanwhile)?.names).toEqual([]);
    expect(ran.exitCode).toBe(0);
    expect((await doctor(stateDirectory)).names).toEqual([]);
  });
});

describe("given a run that has passed, and what kills may leave", () => {
  it("when doctor --fix is killed and run again, then all of it is gone, and the next run passes", async () => {
    const stateDirectory = scratchDirectory("state");
    const repository = repositoryWith(files);
    const first = await runScripted(whole, ["Do it", "--repo", repository], { stateDirectory });
    expect(first.exitCode).toBe(0);
    const [home = ""] = globSync(join(stateDirectory, "repositories/*"));
    const runId = JSON.parse(
      (await portcullis(["show", "latest", "--json", "--state-dir", stateDirectory])).stdout,
    ).run.id as string;
    const base = git(repository, "rev-parse", "HEAD");
    const planted = [
      "environments/0123456789abcdef0123456789abcdef.4b1f/files/x",
      "sandbox/probe-abc/x",
      "pipelines/4b1f/x.ts",
      `temporary/${runId}/gate-1/x`,
      `temporary/${runId.replace(/.$/, "0")}/gate-1/x`,
      ...Array.from({ length: 60 }, (_, index) => `temporary/old-${index}/x`),
    ].map((path) => join(stateDirectory, path));
    const inHome = [
      "temporary/index-4b1f",
      "work-trees/environment-0123-4b1f/x",
      `work-trees/${runId}-gate-x/x`,
      `ahead/${runId}-ahead-1/x`,
      `removed/${runId}-gate-y-4b1f/x`,
      `git/worktrees/${runId}-gate-x/index.lock`,
      "git/packed-refs.lock",
      `git/refs/bases/${base}.lock`,
    ].map((path) => join(home, path));
    for (const path of [...planted, ...inHome]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
    }
    writeRecord(stateDirectory, [
      { owner: deadOwner, since: 1 },
      { run: runId, repository: "r" },
    ]);

    expect((await doctor(stateDirectory)).exitCode).toBe(4);
    await portcullis(["doctor", "--fix", "--state-dir", stateDirectory], {
      onStart: (child) =>
        void until(() => !existsSync(join(stateDirectory, "temporary/old-5")), 20_000).then(() =>
          child.kill("SIGKILL"),
        ),
    });
    const mended = await doctor(stateDirectory, "--fix");
    expect(mended.rows.filter(({ outcome }) => outcome !== "mended")).toEqual([]);
    expect(mended.exitCode).toBe(0);
    expect([...planted, ...inHome].filter((path) => existsSync(path))).toEqual([]);
    expect(await doctor(stateDirectory)).toMatchObject({ exitCode: 0, rows: [] });
  });

  it("when a lock of git is in its way, then the next run takes it away", async () => {
    const stateDirectory = scratchDirectory("state");
    const repository = repositoryWith(files);
    const check = ["check", "--repo", repository, "--base", "HEAD", "--state-dir", stateDirectory];
    expect((await portcullis(check)).exitCode).toBe(0);
    const [home = ""] = globSync(join(stateDirectory, "repositories/*/git"));
    const next = git(repository, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "next");
    writeFileSync(join(home, "refs/bases", `${next}.lock`), "");
    const ran = await portcullis([...check, "--commit", next]);
    expect(ran).toMatchObject({ exitCode: 0 });
  });
});

it("given the lease of a run, then a living holder keeps what is the run's, and a dead one does not", async () => {
  const stateDirectory = scratchDirectory("state");
  const runId = "01kaxw3zj2q6m7e8r9t0abcdef";
  mkdirSync(join(stateDirectory, "temporary", runId, "gate-1"), { recursive: true });
  const store = await openStore({ stateDirectory, redactor: createRedactor([]) });
  const name = `run:${runId}`;
  const living = await store.lease.acquire(name, { holder: ownIdentity(), ttlMs: 1 });
  expect((await doctor(stateDirectory, "--fix")).rows).toEqual([]);
  await store.lease.release(living);
  await store.lease.acquire(name, { holder: deadOwner, ttlMs: 3_600_000 });
  expect((await doctor(stateDirectory, "--fix")).rows).toMatchObject([{ outcome: "mended", runId }]);
  expect(readdirSync(join(stateDirectory, "temporary"))).toEqual([]);
  await store.close();
});

it("given a process of another machine, then what it may use is kept, and that is said", async () => {
  const stateDirectory = scratchDirectory("state");
  const record = writeRecord(stateDirectory, [
    { owner: ownIdentity().replace(hostname(), "elsewhere"), since: Date.now() },
  ]);
  mkdirSync(join(stateDirectory, "environments", "0123.4b1f"), { recursive: true });
  const { exitCode, rows } = await doctor(stateDirectory, "--fix");
  expect(exitCode).toBe(0);
  expect(rows).toMatchObject([{ name: "processes", outcome: "kept", path: record }]);
  expect(rows[0]?.found).toContain("elsewhere");
  expect(readdirSync(join(stateDirectory, "environments"))).toHaveLength(1);
});
