import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { verifyChain } from "../../core/events/verify-chain.ts";
import { openDatabase } from "../../db/open-database.ts";
import { openForReading } from "../../db/open-for-reading.ts";
import { openRunCatalog } from "../../db/open-run-catalog.ts";
import { openStore, openStoreReadOnly, type Store } from "../../db/open-store.ts";
import { assertSqliteVersion } from "../../db/sqlite-version.ts";
import { canary, canaryRedactor } from "../contract/store-case.ts";
import { newEvent, runStarted, stageStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

const execute = promisify(execFile);

async function openWithEvents(): Promise<{ store: Store; raw: Database.Database; stateDirectory: string }> {
  const stateDirectory = scratchDirectory("open");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor, busyTimeoutMs: 20 });
  const events = [runStarted(), stageStarted("a"), stageStarted("b")];
  await store.events.append({ runId: "r1", expectedSequence: 0, events });
  return { store, raw: new Database(join(stateDirectory, "portcullis.sqlite")), stateDirectory };
}

function modesIn(directory: string): Record<string, string> {
  const paths = [".", ...readdirSync(directory)];
  return Object.fromEntries(
    paths.map((path) => [path, (statSync(join(directory, path)).mode & 0o777).toString(8)]),
  );
}

test.each([
  "UPDATE events SET payload = '{}' WHERE sequence = 2",
  "UPDATE OR REPLACE events SET sequence = 3 WHERE sequence = 2",
  "DELETE FROM events WHERE sequence = 3",
  "DELETE FROM events",
  "INSERT OR REPLACE INTO events SELECT * FROM events WHERE sequence = 2",
  "INSERT INTO events SELECT 'new', run_id, 5, type, version, time, actor, NULL, NULL, NULL, NULL, payload, payload_digest, previous_hash FROM events WHERE sequence = 3",
  "INSERT OR REPLACE INTO events SELECT id, 'r2', 1, type, version, time, actor, NULL, NULL, NULL, NULL, payload, payload_digest, previous_hash FROM events WHERE sequence = 3",
])("given events, when '%s' is run, then the database refuses", async (statement) => {
  const { store, raw } = await openWithEvents();
  const before = await store.events.read("r1");
  expect(() => raw.exec(statement)).toThrow(/^events are (?:never|only) /);
  expect(await store.events.read("r1")).toEqual(before);
  raw.close();
  await store.close();
});

test.each([
  [`UPDATE events SET payload = '{"stage":"z"}' WHERE sequence = 2`, 2],
  [`UPDATE events SET actor = 'z' WHERE sequence = 2`, 3],
  [`DELETE FROM events WHERE sequence = 2`, 2],
])(
  "given somebody dropped the triggers and ran '%s', when the chain is verified, then it breaks at %i",
  async (statement, sequence) => {
    const { store, raw } = await openWithEvents();
    raw.exec("DROP TRIGGER events_are_never_changed");
    raw.exec("DROP TRIGGER events_are_never_deleted");
    expect(verifyChain(await store.events.read("r1"))).toBeNull();
    raw.exec(statement);
    expect(verifyChain(await store.events.read("r1"))).toMatchObject({ sequence });
    raw.close();
    await store.close();
  },
);

test.each([
  ["'stage.invented', 1, '{}'", "stage.invented"],
  ["'stage.started', 2, '{}'", "version 2"],
  ["'stage.started', 1, '{}'", "payload.stage"],
  ["'stage.started', 1, '{'", "JSON"],
])(
  "given an event (%s) of another program, when it is read, then the error names it",
  async (columns, found) => {
    const { store, raw } = await openWithEvents();
    raw.exec(`INSERT INTO events (id, run_id, sequence, time, actor, payload_digest, previous_hash, type, version, payload)
    VALUES ('x', 'r1', 4, 't', 'a', '${"0".repeat(64)}', '${"0".repeat(64)}', ${columns})`);
    const reading = store.events.read("r1");
    await expect(reading).rejects.toMatchObject({ code: "log.unreadable" });
    await expect(reading).rejects.toThrow(/sequence 4 of run r1, found 'stage\./);
    await expect(reading).rejects.toThrow(found);
    expect(await store.events.read("r1", { limit: 3 })).toHaveLength(3);
    raw.close();
    await store.close();
  },
);

test("given another process that writes, when an event is appended, then it is a retryable error in words", async () => {
  const { store, raw } = await openWithEvents();
  raw.exec("BEGIN IMMEDIATE");
  const request = { runId: "r1", expectedSequence: 3, events: [stageStarted("c")] };
  await expect(store.events.append(request)).rejects.toMatchObject({ code: "store.busy", retryable: true });
  expect(await store.events.read("r1")).toHaveLength(3);
  raw.exec("ROLLBACK");
  raw.close();
  await store.events.append(request);
  await store.close();
});

test("given no store, when it is opened to look, then it is empty and nothing is made", async () => {
  const parent = scratchDirectory("nothing");
  for (const stateDirectory of [parent, join(parent, "missing")]) {
    const store = await openStoreReadOnly({ stateDirectory });
    expect(await store.catalog.list()).toEqual([]);
    expect(await store.events.read("r1")).toEqual([]);
    expect(await store.wire.read("r1")).toEqual([]);
    expect(await store.artifacts.list("r1")).toEqual([]);
    expect(await store.artifacts.get("0".repeat(64))).toBeNull();
    await store.close();
  }
  expect(readdirSync(parent)).toEqual([]);
});

test("given a store, when it is opened to look and closed, then it reads the same and leaves the one file", async () => {
  const { store, raw, stateDirectory } = await openWithEvents();
  raw.close();
  await store.close();
  await store.close();
  const looking = await openStoreReadOnly({ stateDirectory });
  expect(await looking.events.read("r1")).toHaveLength(3);
  await looking.close();
  const catalog = await openRunCatalog({ stateDirectory });
  expect(await catalog.resolve("latest")).toMatchObject({ id: "r1" });
  catalog.close();
  expect(readdirSync(stateDirectory)).toEqual(["portcullis.sqlite"]);
});

test("given a store, when a connection to look tries to write, then it is refused; when one to write commits, then it syncs", async () => {
  const { store, raw, stateDirectory } = await openWithEvents();
  const looking = await openForReading(stateDirectory, { busyTimeoutMs: 20 });
  expect(() => looking.exec("INSERT INTO leases VALUES ('n', 'h', 1, 1)")).toThrow("readonly");
  looking.close();
  raw.close();
  await store.close();
  const writing = await openDatabase(join(stateDirectory, "portcullis.sqlite"), { busyTimeoutMs: 20 });
  const [full, on] = [2, 1];
  expect(writing.pragma("synchronous", { simple: true })).toBe(full);
  expect(writing.pragma("foreign_keys", { simple: true })).toBe(on);
  writing.close();
});

test("given a new state directory, when it is made, then only its owner may look into it and its files", async () => {
  const before = process.umask(0o022);
  onTestFinished(() => void process.umask(before));
  const stateDirectory = join(scratchDirectory("made"), "deep", "state");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  expect(modesIn(stateDirectory)).toEqual({
    ".": "700",
    "portcullis.sqlite": "600",
    "portcullis.sqlite-shm": "600",
    "portcullis.sqlite-wal": "600",
  });
  await store.close();
});

test.each([
  ["empty", null, "700"],
  ["ours, by an older version", "portcullis.sqlite", "700"],
  ["somebody's own", "notes.txt", "755"],
])(
  "given a state directory that others may read, when it is %s, then its mode is fitting and the files' is 600",
  async (_whose, file, mode) => {
    const stateDirectory = join(scratchDirectory("open"), "state");
    mkdirSync(stateDirectory, { mode: 0o755 });
    if (file !== null) writeFileSync(join(stateDirectory, file), "", { mode: 0o644 });
    const store = await openStore({ stateDirectory, redactor: canaryRedactor });
    expect(modesIn(stateDirectory)).toMatchObject({
      ".": mode,
      "portcullis.sqlite": "600",
      "portcullis.sqlite-shm": "600",
      "portcullis.sqlite-wal": "600",
    });
    await store.close();
  },
);

test("given a file in the state directory's place or no database in the file, when it is opened, then the error is the environment's", async () => {
  const parent = scratchDirectory("broken");
  writeFileSync(join(parent, "file"), "");
  const opening = openStore({ stateDirectory: join(parent, "file"), redactor: canaryRedactor });
  await expect(opening).rejects.toMatchObject({ code: "state-directory.unwritable", kind: "environment" });
  writeFileSync(
    join(parent, "portcullis.sqlite"),
    "no database, but long enough to be read as one".repeat(100),
  );
  for (const open of [openStore, openStoreReadOnly]) {
    await expect(open({ stateDirectory: parent, redactor: canaryRedactor })).rejects.toMatchObject({
      code: "store.damaged",
      kind: "environment",
    });
  }
});

test("given secrets in everything that is stored, when all is stored, then none is in any file's bytes", async () => {
  const { store, raw, stateDirectory } = await openWithEvents();
  await store.events.append({
    runId: "r1",
    expectedSequence: 3,
    events: [newEvent({ type: "stage.started", payload: { stage: canary } }), runStarted(canary)],
  });
  await store.events.append({ runId: "r2", expectedSequence: 0, events: [runStarted(`goal ${canary}`)] });
  store.wire.record({
    runId: "r1",
    attemptId: "a",
    threadId: null,
    time: "t",
    type: canary,
    payload: [canary],
  });
  await store.artifacts.put(`text ${canary}`, { runId: "r1", name: "n", mediaType: "text/plain" });
  await store.wire.flush();
  const { stdout } = await execute("grep", ["-rlaF", "[redacted]", stateDirectory]);
  expect(stdout).toContain("portcullis.sqlite-wal");
  await expect(execute("grep", ["-rlaF", canary, stateDirectory])).rejects.toMatchObject({ code: 1 });
  raw.close();
  await store.close();
});

test("given the list of runs, when it is loaded, then neither zod nor the schema of events is", async () => {
  const stateDirectory = scratchDirectory("light");
  const program = `
    const { registerHooks } = await import("node:module");
    registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
    const { openRunCatalog } = await import(${JSON.stringify(join(import.meta.dirname, "../../store.ts"))});
    const catalog = await openRunCatalog({ stateDirectory: ${JSON.stringify(stateDirectory)} });
    await catalog.list();
    catalog.close();`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", program]);
  expect(stdout).toContain("db/run-catalog.ts");
  expect(stdout).not.toMatch(/zod|run-events|open-store\.ts/);
  expect(existsSync(join(stateDirectory, "portcullis.sqlite"))).toBe(false);
});

test("given the version of SQLite, when it is older than the one that is safe, then it is refused", () => {
  for (const version of ["3.51.2", "3.9.9", "2.99.0"]) {
    expect(() => assertSqliteVersion(version)).toThrow(`expected SQLite 3.51.3 or newer, found ${version}`);
  }
  for (const version of ["3.51.3", "3.51.10", "3.52.0", "4.0.0"]) assertSqliteVersion(version);
});
