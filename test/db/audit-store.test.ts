import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { auditStore, openStore, type BadRow } from "../../store.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { wireEvent } from "../contract/wire-log.contract.ts";
import { newEvent, runPassed, runStarted, stageStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

interface Kept {
  stateDirectory: string;
  ids: readonly string[];
  digest: string;
}

/** A run `r1` of five events, one of which speaks of an artifact, and a run `r2` of one. */
async function keptRuns(): Promise<Kept> {
  const stateDirectory = scratchDirectory("audit");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  const given = { runId: "r1", name: "plan.md", mediaType: "text/markdown" };
  const { digest } = await store.artifacts.put("the plan", given);
  const plan = newEvent({ type: "plan.accepted", payload: { stage: "plan", tasks: [], artifact: digest } });
  const events = [runStarted(), stageStarted("first stage"), plan, stageStarted("b"), runPassed()];
  const appended = await store.events.append({ runId: "r1", expectedSequence: 0, events });
  await store.events.append({ runId: "r2", expectedSequence: 0, events: [runStarted()] });
  for (let index = 1; index <= 5; index += 1) store.wire.record(wireEvent("r1", index));
  await store.close();
  return { stateDirectory, ids: appended.map(({ id }) => id), digest };
}

/** As somebody would who has the file and a shell. */
function tamper({ stateDirectory }: Kept, ...statements: string[]): void {
  const database = new Database(join(stateDirectory, "portcullis.sqlite"));
  const triggers = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .pluck();
  for (const name of triggers.all()) database.exec(`DROP TRIGGER ${name}`);
  for (const statement of statements) database.exec(statement);
  database.close();
}

async function badRows({ stateDirectory }: Kept): Promise<(BadRow | null)[]> {
  return (await auditStore({ stateDirectory })).runs.map(({ bad }) => bad);
}

test("given a store as it was written, when it is audited, then it is sound, and each run has its head", async () => {
  const kept = await keptRuns();
  const report = await auditStore({ stateDirectory: kept.stateDirectory });
  expect(report).toMatchObject({
    schemaVersion: 1,
    sound: true,
    file: null,
    runs: [
      { runId: "r2", events: 1, bad: null },
      { runId: "r1", events: 5, erased: 0, erasedAt: null, bad: null },
    ],
  });
  const one = await auditStore({ stateDirectory: kept.stateDirectory, run: "r1" });
  expect(one.runs).toEqual([report.runs[1]]);
});

test.each([
  ["UPDATE events SET payload = '{\"stage\":\"z\"}' WHERE run_id = 'r1' AND sequence = 2", 2, "digest"],
  ["UPDATE events SET payload = '' WHERE run_id = 'r1' AND sequence = 4", 4, "no payload"],
  ["UPDATE events SET actor = 'z' WHERE run_id = 'r1' AND sequence = 2", 2, "hash"],
  ["UPDATE events SET task_key = 'z' WHERE run_id = 'r1' AND sequence = 5", 5, "hash"],
  ["UPDATE events SET time = 'z' WHERE run_id = 'r1' AND sequence = 1", 1, "hash"],
  ["UPDATE events SET payload_digest = 'z' WHERE run_id = 'r1' AND sequence = 3", 3, "digest"],
  ["UPDATE events SET previous_hash = 'z' WHERE run_id = 'r1' AND sequence = 4", 4, "hash"],
  ["UPDATE events SET type = 'stage.finished' WHERE run_id = 'r1' AND sequence = 4", 4, "hash"],
])(
  "given a store in which somebody ran '%s', when it is audited, then event %i is named",
  async (statement, sequence, found) => {
    const kept = await keptRuns();
    tamper(kept, statement);
    expect(await badRows(kept)).toEqual([
      null,
      {
        runId: "r1",
        table: "events",
        sequence,
        eventId: kept.ids[sequence - 1],
        expected: expect.any(String),
        found: expect.stringContaining(found),
      },
    ]);
  },
);

test.each([
  [
    "DELETE FROM events WHERE run_id = 'r1' AND sequence = 3",
    { table: "events", sequence: 3, eventId: null },
  ],
  [
    "DELETE FROM events WHERE run_id = 'r1' AND sequence > 3",
    { table: "events", sequence: 4, eventId: null },
  ],
  ["DELETE FROM events WHERE run_id = 'r1'", { table: "events", sequence: 1, found: "its end at 0" }],
  ["UPDATE events SET sequence = 9 WHERE run_id = 'r1' AND sequence = 5", { sequence: 5, found: "event 9" }],
  ["DELETE FROM runs WHERE id = 'r1'", { table: "runs", found: "it missing" }],
  ["UPDATE runs SET status = 'failed' WHERE id = 'r1'", { table: "runs", found: '"failed"' }],
  ["UPDATE runs SET goal = 'another' WHERE id = 'r1'", { table: "runs", found: '"another"' }],
  ["UPDATE runs SET erased_at = 'z' WHERE id = 'r1'", { table: "runs", found: '"z"' }],
  ["DELETE FROM wire_events WHERE position = 2", { table: "wire_events", sequence: 2 }],
  ["DELETE FROM wire_events WHERE position = 1", { table: "wire_events", sequence: 1 }],
  ["DELETE FROM artifacts", { table: "artifacts", found: "no such artifact" }],
  ["UPDATE artifacts SET bytes = 9", { table: "artifacts", found: "8 bytes" }],
])(
  "given a store in which somebody ran '%s', when it is audited, then %j is named",
  async (statement, bad) => {
    const kept = await keptRuns();
    tamper(kept, statement);
    expect(await badRows(kept)).toEqual([null, expect.objectContaining({ runId: "r1", ...bad })]);
  },
);

test("given the bytes of the database's file edited in one place, when it is audited, then that event is named", async () => {
  const kept = await keptRuns();
  const file = join(kept.stateDirectory, "portcullis.sqlite");
  const bytes = readFileSync(file);
  const place = bytes.indexOf("first stage");
  expect(place).toBeGreaterThan(0);
  bytes.write("worst stage", place);
  writeFileSync(file, bytes);
  expect(await badRows(kept)).toEqual([
    null,
    expect.objectContaining({ runId: "r1", table: "events", sequence: 2, eventId: kept.ids[1] }),
  ]);
});

test("given an index that hides a row, when all is audited, then the file itself is named", async () => {
  const kept = await keptRuns();
  const file = join(kept.stateDirectory, "portcullis.sqlite");
  const database = new Database(file);
  const page = Number(
    database
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_2'")
      .pluck()
      .get(),
  );
  database.close();
  const bytes = readFileSync(file);
  // Number of cells of a leaf page: one entry less.
  const cells = (page - 1) * 4096 + 3;
  bytes.writeUInt16BE(bytes.readUInt16BE(cells) - 1, cells);
  writeFileSync(file, bytes);
  const report = await auditStore({ stateDirectory: kept.stateDirectory });
  expect(report.sound).toBe(false);
  expect(report.file).toMatch(/page|index/);
});

test.each([
  ["changed", "artifact with digest"],
  ["removed", "no file for it"],
])("given the file of an artifact %s, when it is audited, then the artifact is named", async (how, found) => {
  const kept = await keptRuns();
  const path = join(kept.stateDirectory, "artifacts", kept.digest.slice(0, 2), kept.digest.slice(2));
  if (how === "changed") writeFileSync(path, "the plot");
  else rmSync(path);
  expect(await badRows(kept)).toEqual([
    null,
    expect.objectContaining({ table: "artifacts", found: expect.stringContaining(found) }),
  ]);
});

test("given a whole chain written anew, or cut with its line made to fit, when it is audited, then only a head kept elsewhere shows it", async () => {
  const kept = await keptRuns();
  const { stateDirectory } = kept;
  const before = await auditStore({ stateDirectory, run: "r1" });
  const head = before.runs[0]?.headHash ?? "";
  tamper(
    kept,
    "DELETE FROM events WHERE run_id = 'r1' AND sequence > 4",
    "UPDATE runs SET last_sequence = 4, last_hash = NULL, status = 'running', finished_at = NULL WHERE id = 'r1'",
  );
  expect((await auditStore({ stateDirectory })).sound).toBe(true);
  const report = await auditStore({ stateDirectory, run: "r1", head });
  expect(report.sound).toBe(false);
  expect(report.runs[0]?.bad).toMatchObject({ expected: `an event with the hash ${head}` });
});

test("given a head that was kept, when the run has gone on since, then it still holds", async () => {
  const { stateDirectory } = await keptRuns();
  const before = await auditStore({ stateDirectory, run: "r2" });
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  await store.events.append({ runId: "r2", expectedSequence: 1, events: [stageStarted("more")] });
  await store.close();
  const report = await auditStore({ stateDirectory, run: "r2", head: before.runs[0]?.headHash ?? "" });
  expect(report).toMatchObject({ sound: true, runs: [{ events: 2 }] });
});

test("given a store of version 2, when it is upgraded and audited, then what its lines did not have yet is no fault", async () => {
  const kept = await keptRuns();
  tamper(kept, "UPDATE runs SET last_hash = NULL");
  expect(await badRows(kept)).toEqual([null, null]);
});
