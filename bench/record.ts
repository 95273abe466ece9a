import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
// oxlint-disable-next-line no-restricted-imports -- the bare driver is what it is measured against
import Database from "better-sqlite3";
import { openStore, redactorFor, type WireEvent } from "../store.ts";
import { median } from "./median.ts";

/** What it costs to record a wire event, redaction and all, against bare inserts of the same events, as JSON, in batches of 1,000. */
const events = Number(process.argv[3] ?? 50_000);
const rounds = 5;
const allowedMicroseconds = 25;
const allowedShare = 0.8;
const batchEvents = 1000;
const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const time = new Date(0).toISOString();

/** About 600 bytes of JSON, as Codex emits them. */
function wireEvent(runId: string, index: number): WireEvent {
  const output =
    `line ${index} of what a command printed, some of it with numbers (${index * 7919})\n`.repeat(4);
  const msg = {
    type: "exec_command_end",
    call_id: `call_${index}`,
    cwd: "/home/me/tree",
    exit_code: 0,
    output,
  };
  const payload = { id: String(index), msg, conversationId: "0199a3b1-7a1e-7d10-a2a2-9a36d2f3a0c1", turn: 1 };
  return {
    runId,
    attemptId: "execute/task#1",
    threadId: payload.conversationId,
    time,
    type: msg.type,
    payload,
  };
}

/** As they come: some, and then the loop turns. */
async function record(store: Awaited<ReturnType<typeof openStore>>, runId: string): Promise<number> {
  const made = Array.from({ length: events }, (_none, index) => wireEvent(runId, index));
  const started = performance.now();
  for (const [index, event] of made.entries()) {
    store.wire.record(event);
    if (index % batchEvents === batchEvents - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  await store.wire.flush();
  const took = performance.now() - started;
  const { dropped } = store.wire.counts();
  if (dropped > 0) throw new Error(`${dropped} events were dropped`);
  return took;
}

function bare(database: Database.Database, runId: string): number {
  const made = Array.from({ length: events }, (_none, index) => ({
    ...wireEvent(runId, index),
    position: index + 1,
  }));
  const insert = database.prepare(
    `INSERT INTO wire_events (run_id, position, attempt_id, thread_id, time, type, payload)
    VALUES (@runId, @position, @attemptId, @threadId, @time, @type, @payload)`,
  );
  const write = database.transaction((batch: typeof made) => {
    for (const event of batch) insert.run({ ...event, payload: JSON.stringify(event.payload) });
  });
  const started = performance.now();
  for (let at = 0; at < made.length; at += batchEvents) write(made.slice(at, at + batchEvents));
  return performance.now() - started;
}

const store = await openStore({
  stateDirectory: join(home, "state"),
  redactor: await redactorFor(process.env),
});
await (await openStore({ stateDirectory: join(home, "bare"), redactor: await redactorFor({}) })).close();
const database = new Database(join(home, "bare", "portcullis.sqlite"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
const times = { ours: [] as number[], bare: [] as number[] };
for (let round = 0; round <= rounds; round += 1) {
  const ours = await record(store, `run-${round}`);
  const theirs = bare(database, `run-${round}`);
  // The first round warms up.
  if (round === 0) continue;
  times.ours.push(ours);
  times.bare.push(theirs);
}
await store.close();
database.close();
rmSync(home, { recursive: true, force: true });
const perEvent = (values: readonly number[]): number => (median(values) * 1000) / events;
const [ours, theirs] = [perEvent(times.ours), perEvent(times.bare)];
const share = theirs / ours;
process.stdout.write(
  `${events} events of ${JSON.stringify(wireEvent("r", 1).payload).length} bytes, ${rounds} rounds, alternating\n`,
);
process.stdout.write(`recorded, redacted (<= ${allowedMicroseconds})  ${ours.toFixed(1)} us an event\n`);
process.stdout.write(`bare inserts of their JSON   ${theirs.toFixed(1)} us an event\n`);
process.stdout.write(`rate, as a share (>= ${allowedShare})    ${share.toFixed(2)}\n`);
if (!(ours <= allowedMicroseconds && share >= allowedShare)) process.exitCode = 1;
