import { ulidIds } from "../../core/ids.ts";
import { createMemoryStore } from "../../db/memory/memory-store.ts";
import { openStore } from "../../db/open-store.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { artifactStoreContract } from "./artifact-store.contract.ts";
import { cancellationsContract } from "./cancellations.contract.ts";
import { eventLogContract } from "./event-log.contract.ts";
import { leaseContract } from "./lease.contract.ts";
import { runCatalogContract } from "./run-catalog.contract.ts";
import { canaryRedactor, type OpenStoreCase } from "./store-case.ts";
import { wireLogContract } from "./wire-log.contract.ts";
import { afterAll } from "vitest";

const newYear = Date.UTC(2026, 0, 1);
const root = scratchDirectory("store");
const opened: { close(): Promise<void> }[] = [];
let count = 0;

afterAll(async () => {
  for (const store of opened) await store.close();
});

const openSqlite: OpenStoreCase = async () => {
  const clock = { time: newYear };
  const options = {
    stateDirectory: `${root}/${(count += 1)}`,
    redactor: canaryRedactor,
    clock: { now: () => clock.time },
    ids: ulidIds(),
  };
  const store = await openStore(options);
  const second = await openStore(options);
  opened.push(store, second);
  return { store, second, clock };
};

const openMemory: OpenStoreCase = async () => {
  const clock = { time: newYear };
  const store = createMemoryStore({ redactor: canaryRedactor, clock: { now: () => clock.time } });
  return { store, second: store, clock };
};

for (const [name, open] of [
  ["SQLite, two connections", openSqlite],
  ["memory", openMemory],
] as const) {
  eventLogContract(name, open);
  runCatalogContract(name, open);
  wireLogContract(name, open);
  artifactStoreContract(name, open);
  leaseContract(name, open);
  cancellationsContract(name, open);
}
