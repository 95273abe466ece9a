import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { migrations } from "../../db/migrations/all.ts";
import { schemaVersion } from "../../db/open-database.ts";
import { openStore } from "../../db/open-store.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { stageStarted } from "../support/new-events.ts";

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
