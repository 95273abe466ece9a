import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { createRedactor } from "../../core/redaction.ts";
import { createArtifactStore } from "../../db/artifact-store.ts";
import { prepareTombstones } from "../../db/erase-run.ts";
import { openDatabase } from "../../db/open-database.ts";
import { openEraser } from "../../db/open-eraser.ts";
import { systemClock } from "../../core/clock.ts";
import { ulidIds } from "../../core/ids.ts";
import { auditStore, openStore, openStoreReadOnly } from "../../store.ts";
import { wireEvent } from "../contract/wire-log.contract.ts";
import { runPassed, runStarted, stageStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

/** What nobody should keep; no redactor knows it. */
const confidential = "confidential-77c1f0";
const redactor = createRedactor([]);
const processes = join(import.meta.dirname, "processes");
const file = (stateDirectory: string): string => join(stateDirectory, "portcullis.sqlite");

/** Runs `r1` and `r2` with the same content under one digest, and each with one of its own. */
async function twoRuns(events = 30): Promise<{ stateDirectory: string; shared: string; own: string }> {
  const stateDirectory = scratchDirectory("erase");
  const store = await openStore({ stateDirectory, redactor });
  const put = (runId: string, content: string) =>
    store.artifacts.put(content, { runId, name: `${confidential}.md`, mediaType: "text/markdown" });
  let own = "";
  let shared = "";
  for (const runId of ["r1", "r2"]) {
    const text = runId === "r1" ? confidential : "public";
    own = runId === "r1" ? (await put(runId, `own ${text}`)).digest : own;
    shared = (await put(runId, "shared")).digest;
    const stages = Array.from({ length: events }, (_none, index) =>
      stageStarted(`${text} `.repeat((index * 37) % 300)),
    );
    const all = [runStarted(`goal ${text}`), ...stages, runPassed()];
    for (const [expectedSequence, event] of all.entries()) {
      await store.events.append({ runId, expectedSequence, events: [event] });
      store.wire.record(wireEvent(runId, `${text} `.repeat((expectedSequence * 53) % 500)));
    }
    await store.wire.flush();
  }
  await store.close();
  return { stateDirectory, shared, own };
}

function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text) || path.includes(text));
}

test("given a run with content in events, wire events and artifacts, when it is erased while others have the store open, then no file holds a byte of it", async () => {
  const { stateDirectory, shared, own } = await twoRuns();
  // A copy as an upgrade keeps it, and a connection that keeps the write-ahead log alive.
  const other = new Database(file(stateDirectory));
  other.prepare("VACUUM INTO ?").run(`${file(stateDirectory)}.before-3`);
  other.prepare("SELECT count(*) FROM events").get();
  expect(filesWith(stateDirectory, confidential).length).toBeGreaterThan(2);
  const eraser = await openEraser({ stateDirectory });
  const swept = await eraser.eraseRun("r1", "rm");
  expect(swept).toEqual({
    wireEvents: 32,
    artifacts: 2,
    artifactFiles: 1,
    artifactBytes: expect.any(Number),
  });
  expect(eraser.needsPurge()).toBe(true);
  eraser.purge();
  // Before anybody else empties the write-ahead log: payloads have the word with a space after it.
  expect(filesWith(stateDirectory, `${confidential} `)).toEqual([]);
  // `r2` has an artifact of that name too: the name alone is left, in its row.
  other.exec("DROP TRIGGER artifacts_are_never_changed; UPDATE artifacts SET name = 'x'");
  expect(other.pragma("wal_checkpoint(TRUNCATE)")).toMatchObject([{ busy: 0 }]);
  expect(filesWith(stateDirectory, confidential)).toEqual([]);
  expect(eraser.needsPurge()).toBe(false);
  eraser.close();
  other.close();

  expect(filesWith(stateDirectory, "public").length).toBeGreaterThan(0);
  const path = (digest: string) => join(stateDirectory, "artifacts", digest.slice(0, 2), digest.slice(2));
  expect([existsSync(path(own)), existsSync(path(shared))]).toEqual([false, true]);
});

test("given an erased run, when it is looked at, then envelopes and the tombstone are left and the audit is sound", async () => {
  const { stateDirectory } = await twoRuns();
  const before = await auditStore({ stateDirectory, run: "r1" });
  const eraser = await openEraser({ stateDirectory });
  await eraser.eraseRun("r1", "prune");
  expect(await eraser.eraseRun("r1", "rm")).toBeNull();
  eraser.close();
  const store = await openStoreReadOnly({ stateDirectory });
  expect((await store.catalog.list()).map(({ id }) => id)).toEqual(["r2"]);
  expect(await store.catalog.list({ erased: true })).toHaveLength(2);
  expect(await store.catalog.resolve("latest")).toMatchObject({ id: "r2" });
  expect(await store.catalog.resolve("r1")).toMatchObject({
    goal: "",
    repository: "",
    branch: "",
    status: "passed",
    erasedAt: expect.stringMatching(/Z$/),
  });
  await expect(store.events.read("r1")).rejects.toMatchObject({ code: "run.erased", kind: "usage" });
  const [last] = await store.events.read("r1", { after: 32 });
  expect(last?.event).toEqual({
    type: "run.erased",
    payload: { by: "prune", through: 32, status: "passed" },
  });
  await store.close();
  const head = before.runs[0]?.headHash ?? "";
  expect(await auditStore({ stateDirectory, run: "r1", head })).toMatchObject({
    sound: true,
    runs: [{ events: 33, erased: 32, bad: null }],
  });
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test.each([
  ["UPDATE runs SET status = 'failed' WHERE id = 'r1'", "runs"],
  ["UPDATE events SET payload = '{}' WHERE run_id = 'r1' AND sequence = 3", "events"],
  ["UPDATE events SET actor = 'z' WHERE run_id = 'r1' AND sequence = 3", "events"],
  ["DELETE FROM events WHERE run_id = 'r1' AND sequence = 33", "events"],
])(
  "given an erased run, when somebody with the file runs '%s', then the audit names it",
  async (statement, table) => {
    const { stateDirectory } = await twoRuns();
    const eraser = await openEraser({ stateDirectory });
    await eraser.eraseRun("r1", "rm");
    eraser.close();
    const raw = new Database(file(stateDirectory));
    for (const name of ["events_are_never_changed", "events_are_never_deleted"])
      raw.exec(`DROP TRIGGER ${name}`);
    raw.exec(statement);
    raw.close();
    expect(await auditStore({ stateDirectory, run: "r1" })).toMatchObject({
      sound: false,
      runs: [{ bad: { runId: "r1", table } }],
    });
  },
);

test.each([
  "UPDATE events SET payload = '' WHERE run_id = 'r1'",
  "UPDATE wire_events SET payload = '' WHERE run_id = 'r1'",
  "DELETE FROM wire_events WHERE run_id = 'r1'",
  "UPDATE artifacts SET digest = 'x' WHERE run_id = 'r1'",
  "DELETE FROM artifacts WHERE run_id = 'r1'",
])("given a run without a tombstone, when '%s' is run, then the database refuses", async (statement) => {
  const { stateDirectory } = await twoRuns(2);
  const raw = new Database(file(stateDirectory));
  expect(() => raw.exec(statement)).toThrow(/never (?:changed|deleted)/);
  raw.close();
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test.each([
  "UPDATE events SET payload = '{}' WHERE run_id = 'r1' AND sequence = 2",
  "UPDATE events SET payload = '', actor = 'z' WHERE run_id = 'r1' AND sequence = 2",
  "UPDATE events SET payload = '', effect_id = 'z' WHERE run_id = 'r1' AND sequence = 2",
  "UPDATE events SET payload = '' WHERE run_id = 'r1' AND type = 'run.erased'",
  "UPDATE events SET payload = '' WHERE run_id = 'r2'",
  "DELETE FROM events WHERE run_id = 'r1'",
  "DELETE FROM wire_events WHERE run_id = 'r2'",
])(
  "given a run with a tombstone, when '%s' is run, then the database refuses that too",
  async (statement) => {
    const { stateDirectory } = await twoRuns(2);
    const eraser = await openEraser({ stateDirectory });
    await eraser.eraseRun("r1", "rm");
    eraser.close();
    const raw = new Database(file(stateDirectory));
    expect(() => raw.exec(statement)).toThrow(/never (?:changed|deleted)/);
    raw.close();
  },
);

test("given a tombstone after which a crash came, when the audit looks, then it is sound, and the next sweep does the rest", async () => {
  const { stateDirectory, own } = await twoRuns();
  const database = await openDatabase(file(stateDirectory), { busyTimeoutMs: 100 });
  const tools = { redactor, clock: systemClock, ids: ulidIds() };
  expect(prepareTombstones(database, tools).eraseRun("r1", "rm")).toBe(true);
  database.close();
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
  const eraser = await openEraser({ stateDirectory });
  expect(await eraser.sweep()).toMatchObject({ wireEvents: 32, artifacts: 2, artifactFiles: 1 });
  expect(await eraser.sweep()).toMatchObject({ wireEvents: 0, artifacts: 0 });
  eraser.close();
  expect(existsSync(join(stateDirectory, "artifacts", own.slice(0, 2), own.slice(2)))).toBe(false);
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test("given a process that is killed in the middle of an erasure, when the store is opened again, then all is there, or nothing", async () => {
  const { stateDirectory } = await twoRuns();
  const before = await auditStore({ stateDirectory });
  const child = spawn(process.execPath, [join(processes, "erase-and-hang.ts"), stateDirectory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  expect(String(((await once(child.stdout, "data")) as [Buffer])[0])).toBe("at the tenth\n");
  child.kill("SIGKILL");
  expect((await closed)[1]).toBe("SIGKILL");
  expect(await auditStore({ stateDirectory })).toEqual(before);
  const store = await openStoreReadOnly({ stateDirectory });
  expect(await store.events.read("r1")).toHaveLength(32);
  expect(await store.catalog.resolve("r1")).toMatchObject({ erasedAt: null });
  await store.close();
});

test("given wire events that are erased alone, when the run is looked at, then its log is whole and says so", async () => {
  const { stateDirectory } = await twoRuns();
  const eraser = await openEraser({ stateDirectory });
  const options = { by: "retention", goOn: () => true } as const;
  expect(await eraser.eraseOldestWire({ ...options, endedBefore: "2000" })).toBeNull();
  expect(await eraser.eraseOldestWire({ ...options, endedBefore: "9" })).toBe("r1");
  expect(await eraser.eraseOldestWire({ ...options, endedBefore: "9" })).toBe("r2");
  expect(await eraser.eraseOldestWire({ ...options, endedBefore: "9" })).toBeNull();
  eraser.close();
  const store = await openStoreReadOnly({ stateDirectory });
  expect(await store.wire.read("r1")).toEqual([]);
  const events = await store.events.read("r1");
  expect(events.at(-1)?.event).toEqual({ type: "wire.erased", payload: { by: "retention", through: 32 } });
  await store.close();
  expect(await auditStore({ stateDirectory })).toMatchObject({
    sound: true,
    runs: [{ erased: 0 }, { erased: 0 }],
  });
});

test("given a run whose lease a living process holds, when it is to be erased, then it is refused and nothing is gone", async () => {
  const { stateDirectory } = await twoRuns(2);
  const store = await openStore({ stateDirectory, redactor });
  const fence = await store.lease.acquire("run/r1", { holder: "process 42", ttlMs: 60_000 });
  const eraser = await openEraser({ stateDirectory });
  await expect(eraser.eraseRun("r1", "rm")).rejects.toMatchObject({
    code: "run.running",
    kind: "usage",
    message: expect.stringContaining("process 42"),
  });
  expect(await store.events.read("r1")).toHaveLength(4);
  await store.lease.release(fence);
  expect(await eraser.eraseRun("r1", "rm")).toMatchObject({ wireEvents: 4 });
  // Whoever went on with it all the same finds that it is not where it was.
  const request = { runId: "r1", expectedSequence: 4, events: [stageStarted("late")] };
  await expect(store.events.append(request)).rejects.toMatchObject({ code: "log.conflict" });
  eraser.close();
  await store.close();
});

test("given a reader that stays, when the file is purged, then that is told, and done by the next", async () => {
  const { stateDirectory } = await twoRuns();
  const reader = new Database(file(stateDirectory), { readonly: true });
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM events").get();
  const eraser = await openEraser({ stateDirectory, busyTimeoutMs: 20 });
  await eraser.eraseRun("r1", "rm");
  expect(() => eraser.purge()).toThrow(expect.objectContaining({ code: "store.busy", retryable: true }));
  expect(eraser.needsPurge()).toBe(true);
  reader.close();
  eraser.purge();
  expect(eraser.needsPurge()).toBe(false);
  eraser.close();
});

test("given content whose file an erasure takes just when another run keeps the same, then the file is there after", async () => {
  const stateDirectory = scratchDirectory("race");
  const database = await openDatabase(file(stateDirectory), { busyTimeoutMs: 100 });
  const artifacts = createArtifactStore(database, stateDirectory, redactor);
  database.function("erase_now", (digest: unknown) => {
    const text = String(digest);
    unlinkSync(join(stateDirectory, "artifacts", text.slice(0, 2), text.slice(2)));
    return 1;
  });
  database.exec("CREATE TEMP TRIGGER race AFTER INSERT ON artifacts BEGIN SELECT erase_now(new.digest); END");
  const given = { runId: "r1", name: "n", mediaType: "text/plain" };
  const { digest } = await artifacts.put("content", given);
  expect(Buffer.from((await artifacts.get(digest)) ?? []).toString()).toBe("content");
  database.close();
});
