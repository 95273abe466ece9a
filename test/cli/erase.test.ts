import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { createRedactor } from "../../core/redaction.ts";
import type { AuditReport } from "../../store.ts";
import { openStore } from "../../store.ts";
import type { Erased } from "../../erase-runs.ts";
import type { RunView } from "../../look.ts";
import { portcullis, runScripted, type ScriptedRun } from "../support/cli.ts";
import { newEvent, runStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";
import { wireEvent } from "../contract/wire-log.contract.ts";

/** What nobody should keep; no redactor knows it. */
const confidential = "confidential-77c1f0";
const dayMs = 24 * 3600_000;
const files = {
  "src/a.txt": "bad\n",
  "portcullis.yaml": "commands:\n  test: cat src/a.txt; grep -q good src/a.txt\n",
};
const writes = (content: string) => ({ write: "src/a.txt", content });

function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

/** A run that ended so many days ago, with wire events and an artifact. */
async function endedRun(
  stateDirectory: string,
  id: string,
  { days, status = "passed" }: { days: number; status?: "passed" | "interrupted" },
): Promise<void> {
  const clock = { now: () => Date.now() - days * dayMs };
  const store = await openStore({ stateDirectory, redactor: createRedactor([]), clock });
  const end = newEvent({ type: "run.finished", payload: { status, reason: null } });
  await store.events.append({ runId: id, expectedSequence: 0, events: [runStarted(`goal of ${id}`), end] });
  await store.artifacts.put(`artifact of ${id}`, { runId: id, name: "n", mediaType: "text/plain" });
  for (let index = 0; index < 100; index += 1) store.wire.record(wireEvent(id, `${index} `.repeat(5000)));
  await store.close();
}

const idOf = (letter: string): string => `01${letter.repeat(24)}`;

async function json<T>(stateDirectory: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await portcullis([...args, "--json", "--state-dir", stateDirectory]);
  return JSON.parse(stdout) as T;
}

const runsOf = async (stateDirectory: string, ...args: readonly string[]): Promise<string[]> =>
  (await json<{ id: string }[]>(stateDirectory, "runs", ...args)).map(({ id }) => id);

describe("given a run whose first attempt wrote what nobody should keep", () => {
  const repository = repositoryWith(files);
  let ran: ScriptedRun;
  let id: string;
  let gitDirectory: string;
  let blob: string;
  const cli = (...args: readonly string[]) => portcullis([...args, "--state-dir", ran.stateDirectory]);

  beforeAll(async () => {
    ran = await runScripted(
      script({
        "plan/plan#1": [plan(task())],
        "execute/work#1": [writes(`${confidential}\n`), done()],
        "execute/work#2": [writes("good\n"), done()],
        "verify/verify#1": [accept],
      }),
      [`Make it good, not ${confidential}`, "--repo", repository],
    );
    [id = ""] = await runsOf(ran.stateDirectory);
    const [repositoryId = ""] = readdirSync(join(ran.stateDirectory, "repositories"));
    gitDirectory = join(ran.stateDirectory, "repositories", repositoryId, "git");
    const refs = git(gitDirectory, "for-each-ref", "--format=%(refname)", `refs/portcullis/${id}`).split(
      "\n",
    );
    const blobs = refs.map((ref) => git(gitDirectory, "rev-parse", `${ref}:src/a.txt`));
    blob = blobs.find((each) => git(gitDirectory, "cat-file", "-p", each) === confidential) ?? "none";
  });

  it("then audit finds its log as it was written, and tells its head", async () => {
    expect(ran).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await cli("audit");
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("1 run sound"),
    });
    const report = await json<AuditReport>(ran.stateDirectory, "audit", "latest");
    const { headHash } = report.runs[0]!;
    expect(stdout).toContain(`head ${headHash}`);
    expect((await cli("audit", id, "--head", headHash)).exitCode).toBe(0);
    const other = await cli("audit", id, "--head", "f".repeat(64));
    expect(other).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("1 of 1 run broken") });
    expect((await cli("audit", "--head", headHash)).exitCode).toBe(2);
  });

  it("when rm has nobody to ask, then it wants --yes and erases nothing", async () => {
    const { exitCode, stderr } = await cli("rm", id);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--yes") });
    expect(await runsOf(ran.stateDirectory)).toEqual([id]);
  });

  it("when a person says no on the terminal, then nothing is erased", async () => {
    let asked = false;
    const { stdout } = await portcullis(["rm", id, "--state-dir", ran.stateDirectory], {
      terminal: true,
      env: { TERM: "xterm" },
      onStart(child) {
        child.stdout?.on("data", (chunk: Buffer) => {
          if (asked || !chunk.toString().includes("yes or no?")) return;
          asked = true;
          child.stdin?.write("no\r");
        });
      },
    });
    expect(stdout).toContain("nothing is erased");
    expect(await runsOf(ran.stateDirectory)).toEqual([id]);
  });

  it("when it is erased, then no file of the state folder and no object of the clone holds it, and the audit is sound", async () => {
    expect(filesWith(ran.stateDirectory, confidential).length).toBeGreaterThan(1);
    expect(git(gitDirectory, "cat-file", "-t", blob)).toBe("blob");
    const { exitCode, stdout, stderr } = await cli("rm", id, "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /erased\n {2}with \d+ wire events, \d+ artifacts .*, \d+ refs\n {2}not erased: .*\n {2}.* of disk freed/,
    );
    expect(filesWith(ran.stateDirectory, confidential)).toEqual([]);
    const objects = git(gitDirectory, "cat-file", "--batch-check", "--batch-all-objects");
    expect(objects).not.toContain(blob);
    expect(git(gitDirectory, "for-each-ref", `refs/portcullis/${id}`)).toBe("");
    expect((await cli("audit")).exitCode).toBe(0);
    expect(await json<AuditReport>(ran.stateDirectory, "audit", id)).toMatchObject({
      sound: true,
      runs: [{ erasedAt: expect.stringMatching(/Z$/) }],
    });
  });

  it("then runs leaves it out but with --all, and show tells what happened", async () => {
    expect(await runsOf(ran.stateDirectory)).toEqual([]);
    expect(await runsOf(ran.stateDirectory, "--all")).toEqual([id]);
    expect((await cli("runs", "--all")).stdout).toMatch(new RegExp(`^${id} {2}passed .* erased 20`));
    const shown = await cli("show", id);
    expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
    expect(shown.stdout).toMatch(/ passed [\s\S]* was erased at 20[\s\S]*portcullis audit/);
    const view = await json<RunView>(ran.stateDirectory, "show", id);
    expect(view).toMatchObject({
      schemaVersion: 1,
      run: { id, status: "passed", goal: "", reason: { code: "run.erased" } },
      stages: [],
    });
    for (const command of ["events", "gates", "trace", "artifacts"]) {
      const refused = await cli(command, id);
      expect(refused).toMatchObject({
        exitCode: 2,
        stdout: "",
        stderr: expect.stringContaining("was erased at"),
      });
    }
  });

  it("when it is erased again, then that is no failure", async () => {
    expect(await cli("rm", id, "--yes")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("was erased at"),
    });
  });
});

describe("given a store that somebody changed", () => {
  it("then audit names run, event, what was expected and found, and exits 1", async () => {
    const stateDirectory = scratchDirectory("state");
    await endedRun(stateDirectory, idOf("a"), { days: 0 });
    const raw = new Database(join(stateDirectory, "portcullis.sqlite"));
    raw.exec("DROP TRIGGER events_are_never_changed");
    raw.exec("UPDATE events SET payload = replace(payload, 'passed', 'failed') WHERE sequence = 2");
    raw.close();
    const { exitCode, stdout } = await portcullis(["audit", "--state-dir", stateDirectory]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^01a{24} {2}broken .*\n {4}event 2 \(\w{26}\)\n {4}expected a payload with digest \w+\n {4}found {4}digest \w+\n1 of 1 run broken\n$/,
    );
    const { runs } = await json<AuditReport>(stateDirectory, "audit");
    expect(runs[0]?.bad).toMatchObject({ runId: idOf("a"), table: "events", sequence: 2 });
  });

  it("given no store at all, then audit is sound and makes none", async () => {
    const stateDirectory = scratchDirectory("state");
    expect(await portcullis(["audit", "--state-dir", stateDirectory])).toMatchObject({
      exitCode: 0,
      stdout: "0 runs sound\n",
    });
    expect(await portcullis(["prune", "--state-dir", stateDirectory])).toMatchObject({
      exitCode: 0,
      stdout: "nothing to erase\n",
    });
    expect(readdirSync(stateDirectory)).toEqual([]);
  });
});

describe("given a run that could go on, or whose work tree holds work", () => {
  it("then rm refuses each without --force, and prune passes them over and lists the second", async () => {
    const stateDirectory = scratchDirectory("state");
    await endedRun(stateDirectory, idOf("a"), { days: 10, status: "interrupted" });
    await endedRun(stateDirectory, idOf("b"), { days: 10 });
    const repository = join(stateDirectory, "repositories", "r");
    git(stateDirectory, "init", "--quiet", "--bare", join(repository, "git"));
    const workTree = join(repository, "work-trees", `${idOf("b")}-execute-work-1`);
    git(stateDirectory, "init", "--quiet", workTree);
    const cli = (...args: readonly string[]) => portcullis([...args, "--state-dir", stateDirectory]);
    for (const [letter, found] of [
      ["a", "could go on"],
      ["b", workTree],
    ] as const) {
      const refused = await cli("rm", idOf(letter), "--yes");
      expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(found) });
      expect(refused.stderr).toContain("--force");
    }
    const pruned = await json<Erased>(stateDirectory, "prune", "--older-than", "1d");
    expect(pruned).toMatchObject({ runs: [], kept: [idOf("b")] });
    expect((await cli("rm", idOf("a"), "--yes", "--force")).exitCode).toBe(0);
    expect(await cli("rm", idOf("b"), "--yes", "--force")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        "with 100 wire events, 1 artifact (1 file of 38 bytes that no other run keeps), 1 work tree",
      ),
    });
    expect(existsSync(workTree)).toBe(false);
    expect((await cli("audit")).exitCode).toBe(0);
  });
});

describe("given runs of several ages", () => {
  it("then prune erases what is older than it is told, or than the setting, and --dry-run only tells", async () => {
    const stateDirectory = scratchDirectory("state");
    for (const [letter, days] of [
      ["a", 100],
      ["b", 40],
      ["c", 1],
    ] as const) {
      await endedRun(stateDirectory, idOf(letter), { days });
    }
    const told = await json<Erased>(stateDirectory, "prune", "--dry-run");
    expect(told.runs).toEqual([idOf("a")]);
    expect(await runsOf(stateDirectory)).toHaveLength(3);
    const pruned = await json<Erased>(stateDirectory, "prune");
    expect(pruned).toMatchObject({ schemaVersion: 1, runs: [idOf("a")], wireEvents: 100, artifactFiles: 1 });
    expect(pruned.freedBytes).toBeGreaterThan(500_000);
    expect(await runsOf(stateDirectory)).toEqual([idOf("c"), idOf("b")]);
    expect((await json<Erased>(stateDirectory, "prune", "--older-than", "30d")).runs).toEqual([idOf("b")]);
    expect((await portcullis(["audit", "--state-dir", stateDirectory])).exitCode).toBe(0);
    const wrong = await portcullis(["prune", "--older-than", "soon", "--state-dir", stateDirectory]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("found 'soon'") });
  });

  it("then a run that ends erases what the setting no longer keeps, and says so", async () => {
    const stateDirectory = scratchDirectory("state");
    await endedRun(stateDirectory, idOf("a"), { days: 8 });
    await endedRun(stateDirectory, idOf("b"), { days: 3 });
    const settings = join(stateDirectory, "settings.json");
    const repository = repositoryWith({ "a.txt": "good\n" });
    const author = ["-c", "user.name=T", "-c", "user.email=t@localhost"];
    git(repository, ...author, "commit", "--quiet", "--allow-empty", "-m", "candidate");
    const check = () =>
      portcullis(["check", "--repo", repository, "--check", "true", "--state-dir", stateDirectory]);
    writeFileSync(settings, '{"retentionDays": "week"}');
    expect(await check()).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("retentionDays: "),
    });
    expect(await runsOf(stateDirectory)).toHaveLength(3);
    writeFileSync(settings, '{"retentionDays": 7, "databaseMegabytes": 1}');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(0);
    expect(stderr).toContain("erased 1 run that ended more than 7 days ago");
    expect(stderr).toContain("erased the wire events of 1 run: the database was over 1 MB");
    expect(await runsOf(stateDirectory)).not.toContain(idOf("a"));
    const store = new Database(join(stateDirectory, "portcullis.sqlite"), { readonly: true });
    expect(store.prepare("SELECT count(*) FROM wire_events WHERE run_id = ?").pluck().get(idOf("b"))).toBe(0);
    store.close();
    expect(
      (await portcullis(["events", idOf("b"), "--follow", "--state-dir", stateDirectory])).stdout,
    ).toContain("wire.erased");
    expect((await portcullis(["audit", "--state-dir", stateDirectory])).exitCode).toBe(0);
  });

  it("then doctor shows the use of the disk, and runs the database's", async () => {
    const stateDirectory = scratchDirectory("state");
    await endedRun(stateDirectory, idOf("a"), { days: 0 });
    const doctor = await portcullis(["doctor", "--state-dir", stateDirectory]);
    expect(doctor.stdout).toMatch(
      /^ok {5}disk .*MB: database \d\.\d MB, .*artifacts 0\.0 MB, .*; runs are kept 90 days, database up to 4096 MB/m,
    );
    const runs = await portcullis(["runs", "--state-dir", stateDirectory], { terminal: true });
    expect(runs.stdout).toMatch(/database \d\.\d MB; portcullis doctor shows/);
  });
});
