import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { migrations } from "../../db/migrations/all.ts";
import { schemaVersion } from "../../db/open-database.ts";
import { openStore } from "../../db/open-store.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { auditStore } from "../../store.ts";
import { runStarted, stageStarted } from "../support/new-events.ts";

const run = promisify(execFile);
const processes = join(import.meta.dirname, "processes");

/** A real one, as Portcullis of version 1 made it: its schema, with a run of two events. */
async function storeOfVersion1(name: string): Promise<{ stateDirectory: string; file: string }> {
  const made = scratchDirectory(`${name}-made`);
  const store = await openStore({ stateDirectory: made, redactor: canaryRedactor });
  const events = [runStarted("an old goal"), stageStarted("x")];
  await store.events.append({ runId: "r1", expectedSequence: 0, events });
  await store.close();
  const stateDirectory = scratchDirectory(name);
  const file = join(stateDirectory, "portcullis.sqlite");
  const old = new Database(file);
  old.pragma("journal_mode = WAL");
  migrate(old, migrations.slice(0, 1));
  old.exec(`ATTACH '${made}/portcullis.sqlite' AS made`);
  old.exec("INSERT INTO events SELECT * FROM made.events");
  const columns = "id, goal, pipeline, status, repository, branch, started_at, finished_at";
  old.exec(`INSERT INTO runs (${columns}) SELECT ${columns} FROM made.runs`);
  old.close();
  return { stateDirectory, file };
}

function contentOf(file: string): unknown {
  const database = new Database(file, { readonly: true });
  const content = {
    schema: dump(database),
    version: database.pragma("user_version", { simple: true }),
    events: database.prepare("SELECT * FROM events").all(),
    runs: database.prepare("SELECT * FROM runs").all(),
    whole: database.pragma("integrity_check", { simple: true }),
  };
  database.close();
  return content;
}

function dump(database: Database.Database): string {
  const objects = database
    .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
    .pluck()
    .all();
  return objects.map((sql) => `${sql};\n`).join("\n");
}

test("given all migrations, when a new store has run them, then its schema is schema.sql", () => {
  const database = new Database(":memory:");
  migrate(database);
  const expected = readFileSync(join(import.meta.dirname, "../../db/schema.sql"), "utf8");
  expect(dump(database)).toBe(expected);
  expect(database.pragma("user_version", { simple: true })).toBe(schemaVersion);
  expect(migrations).toHaveLength(schemaVersion);
});

test("given a store of version 1 with data, when it is opened, then it is of the present version and has its data", async () => {
  const stateDirectory = scratchDirectory("version-1");
  const old = new Database(`${stateDirectory}/portcullis.sqlite`);
  migrate(old, migrations.slice(0, 1));
  const digest = "d".repeat(64);
  old.prepare("INSERT INTO artifacts VALUES ('r1', 'n', ?, 5, 'text/plain')").run(digest);
  old.prepare("INSERT INTO runs VALUES ('r1', 'g', 'p', 'passed', '/r', 'b', 't', NULL)").run();
  old.close();
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  expect(await store.artifacts.list("r1")).toEqual([
    { name: "n", digest, bytes: 5, mediaType: "text/plain" },
  ]);
  expect(await store.catalog.resolve("r1")).toMatchObject({ goal: "g", status: "passed" });
  const fence = await store.lease.acquire("r1", { holder: "h", ttlMs: 1000 });
  await store.events.append({ runId: "r1", expectedSequence: 0, events: [stageStarted("x")], fence });
  expect(await store.events.read("r1")).toHaveLength(1);
  await store.close();
});

test("given a migration that fails, when it runs, then nothing of it or of those before it is kept", () => {
  const database = new Database(":memory:");
  expect(() => migrate(database, ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"])).toThrow(
    "already exists",
  );
  expect(dump(database)).toBe("");
  expect(database.pragma("user_version", { simple: true })).toBe(0);
});

test("given a store of a newer version, when it is opened, then it is refused in words and stays", async () => {
  const stateDirectory = scratchDirectory("newer");
  const file = `${stateDirectory}/portcullis.sqlite`;
  const newer = new Database(file);
  newer.pragma("user_version = 99");
  newer.close();
  await expect(openStore({ stateDirectory, redactor: canaryRedactor })).rejects.toMatchObject({
    code: "store.newer",
    kind: "environment",
    message: `expected a store of version ${schemaVersion} or older, found version 99 in ${file}`,
  });
  const after = new Database(file);
  expect(after.pragma("user_version", { simple: true })).toBe(99);
  expect(dump(after)).toBe("");
  after.close();
});

test("given a store of version 1, when it is upgraded, then a copy of it as it was is kept, for its owner alone", async () => {
  const { stateDirectory, file } = await storeOfVersion1("copied");
  const before = contentOf(file);
  // What an upgrade before left goes: one copy is kept.
  writeFileSync(`${file}.before-2`, "");
  writeFileSync(`${file}.before-2.draft`, "");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  expect(await store.events.read("r1")).toHaveLength(2);
  expect(await store.catalog.resolve("r1")).toMatchObject({ goal: "an old goal", erasedAt: null });
  await store.close();
  const copy = `${file}.before-${schemaVersion}`;
  expect(contentOf(copy)).toEqual(before);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(readdirSync(stateDirectory).filter((name) => name.includes("before"))).toHaveLength(1);
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test("given a new store, when it is made, then no copy of nothing is kept", async () => {
  const stateDirectory = scratchDirectory("new");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  await store.close();
  expect(readdirSync(stateDirectory)).toEqual(["portcullis.sqlite"]);
});

test("given a migration that throws in its middle, when a store is upgraded by it, then the store is as it was", async () => {
  const { file } = await storeOfVersion1("throws");
  const before = contentOf(file);
  const database = new Database(file);
  const failing = "UPDATE runs SET goal = 'half done'; CREATE TABLE events (x)";
  expect(() => migrate(database, [...migrations, failing])).toThrow("already exists");
  database.close();
  expect(contentOf(file)).toEqual(before);
});

test("given a process that is killed in the middle of a migration, when the store is opened again, then it is as it was and is upgraded", async () => {
  const { stateDirectory, file } = await storeOfVersion1("killed");
  const before = contentOf(file);
  const child = spawn(process.execPath, [join(processes, "migrate-slowly.ts"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  expect(said.toString()).toBe("in the middle\n");
  child.kill("SIGKILL");
  expect((await closed)[1]).toBe("SIGKILL");
  expect(contentOf(file)).toEqual(before);
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  expect(await store.events.read("r1")).toHaveLength(2);
  await store.close();
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test("given a store of version 1, when four processes open it at once, then it is upgraded once and all read it", async () => {
  const { stateDirectory, file } = await storeOfVersion1("at-once");
  const before = contentOf(file);
  const open = () => run(process.execPath, [join(processes, "open-store.ts"), stateDirectory]);
  const opened = await Promise.all([open(), open(), open(), open()]);
  expect(opened.map(({ stdout, stderr }) => stdout + stderr)).toEqual(["2", "2", "2", "2"]);
  expect(contentOf(`${file}.before-${schemaVersion}`)).toEqual(before);
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
});

test("given no room for the copy, when a store is to be upgraded, then it is refused in words and stays as it was", async () => {
  const { stateDirectory, file } = await storeOfVersion1("no-copy");
  const before = contentOf(file);
  // A folder in the draft's place cannot be replaced by a file.
  mkdirSync(`${file}.before-${schemaVersion}.draft/x`, { recursive: true });
  await expect(openStore({ stateDirectory, redactor: canaryRedactor })).rejects.toMatchObject({
    code: "store.uncopied",
    kind: "environment",
  });
  expect(contentOf(file)).toEqual(before);
  expect(existsSync(`${file}.before-${schemaVersion}`)).toBe(false);
});
