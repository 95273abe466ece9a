import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { createBatchedWireLog } from "../../db/batched-wire-log.ts";
import { openDatabase } from "../../db/open-database.ts";
import { prepareWireRead } from "../../db/read-wire-events.ts";
import { prepareWireWrite } from "../../db/write-wire-events.ts";
import { wireEvent } from "../contract/wire-log.contract.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { scratchDirectory } from "../support/scratch.ts";

async function open() {
  const file = `${scratchDirectory("wire")}/portcullis.sqlite`;
  const database = await openDatabase(file, { busyTimeoutMs: 10 });
  const errors: unknown[] = [];
  const batches: number[] = [];
  const write = prepareWireWrite(database);
  const wire = createBatchedWireLog({
    redactor: canaryRedactor,
    write: (batch) => {
      batches.push(batch.length);
      write(batch);
    },
    read: prepareWireRead(database),
    onError: (error) => errors.push(error),
  });
  return { wire, database, errors, batches, file };
}

test("given 2,300 events at once, when they are stored, then it is in batches of at most 1,000, not one by one", async () => {
  const { wire, batches, database } = await open();
  for (let index = 0; index < 2300; index += 1) wire.record(wireEvent("r1", index));
  expect(batches).toEqual([]);
  await setImmediate();
  expect(batches[0]).toBe(1000);
  await wire.flush();
  expect(batches).toEqual([1000, 1000, 300]);
  database.close();
});

test("given a disk without room, when events are recorded, then they are counted as dropped, told once, and nothing is thrown", async () => {
  const { wire, errors, database } = await open();
  database.pragma(`max_page_count = ${String(database.pragma("page_count", { simple: true }))}`);
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 100; index += 1) wire.record(wireEvent("r1", "x".repeat(1000)));
    await wire.flush();
  }
  expect(wire.counts()).toEqual({ stored: 0, dropped: 300 });
  expect(errors).toEqual([expect.objectContaining({ code: "store.full", kind: "environment" })]);
  database.close();
});

test("given another process that writes for a while, when events are recorded, then they wait and are stored after", async () => {
  const { wire, errors, batches, database, file } = await open();
  const other = new Database(file);
  other.exec("BEGIN IMMEDIATE");
  wire.record(wireEvent("r1", 1));
  await vi.waitFor(() => expect(batches.length).toBeGreaterThan(1), 10_000);
  expect(errors).toHaveLength(1);
  other.exec("ROLLBACK");
  other.close();
  await vi.waitFor(() => expect(wire.counts()).toEqual({ stored: 1, dropped: 0 }), 10_000);
  database.close();
});

test("given few but large events, when they are more than may wait, then the rest is dropped and counted", async () => {
  const { wire, errors, database } = await open();
  for (let index = 0; index < 9; index += 1) wire.record(wireEvent("r1", "x".repeat(8 * 1024 * 1024)));
  expect(wire.counts()).toEqual({ stored: 0, dropped: 2 });
  expect(errors).toEqual([expect.objectContaining({ code: "wire.full" })]);
  await wire.flush();
  expect(wire.counts()).toEqual({ stored: 7, dropped: 2 });
  for (let index = 0; index < 7; index += 1) wire.record(wireEvent("r1", "x".repeat(8 * 1024 * 1024)));
  await wire.flush();
  expect(wire.counts()).toEqual({ stored: 14, dropped: 2 });
  database.close();
});
