import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { startRun, resumeRun, type EventEnvelope, type RunEvent } from "../index.ts";
import { openStore, redactorFor, type NewEvent, type Store } from "../store.ts";
import { median } from "./median.ts";

/** From the start of `resume` to the first new effect, of a run of 2,000 events in a store of a million wire events. */
const rounds = Number(process.argv[3] ?? 10);
const domainEvents = 2000;
const wireEvents = 1_000_000;
const allowedMs = 500;
const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const repository = join(home, "repository");
const stateDirectory = join(home, "state");
const codexHome = join(home, "codex-home");
const environment = { ...process.env, CODEX_HOME: codexHome };
const codexConfig = [
  'model_provider="none"',
  'model_providers.none.name="none"',
  'model_providers.none.base_url="http://127.0.0.1:9"',
];

function makeRepository(): void {
  for (const directory of [repository, codexHome]) mkdirSync(directory);
  writeFileSync(join(repository, "a.txt"), "a\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository });
  git("init", "--quiet");
  git("add", "-A");
  git("-c", "user.name=B", "-c", "user.email=b@localhost", "commit", "--quiet", "-m", "base");
}

/** Ends before its first effect. */
async function beginRun(): Promise<string> {
  const options = { goal: "nothing", repository, stateDirectory, checks: ["true"], codexConfig, environment };
  const { state } = await startRun({ ...options, signal: AbortSignal.abort() });
  return state.id;
}

/** What workers of one task after another said whose orchestrator was lost each time. */
function lostAttempt(number: number): NewEvent[] {
  const place = { taskKey: "plan/plan", attemptId: `plan/plan#${number}` };
  const event = (said: RunEvent, effectId: string | null = null): NewEvent => ({
    actor: "bench",
    causationId: null,
    effectId,
    event: said,
    ...place,
  });
  const id = `${place.attemptId}:work-tree`;
  const failure = { code: "worker.lost", message: "lost", remedy: "none", retryable: true };
  const commit = "0".repeat(40);
  const start = { taskKey: place.taskKey, number, base: commit, from: commit, findings: [] };
  return [
    event({ type: "attempt.started", payload: start }),
    event(
      { type: "effect.intended", payload: { effect: { kind: "prepare-work-tree", id, ...place, commit } } },
      id,
    ),
    event({ type: "effect.failed", payload: { failure } }, id),
    event({
      type: "attempt.finished",
      payload: { taskKey: place.taskKey, status: "interrupted", findings: [] },
    }),
  ];
}

async function fill(store: Store, runId: string): Promise<void> {
  const append = async (events: NewEvent[]): Promise<void> => {
    const expectedSequence = (await store.events.read(runId)).length;
    await store.events.append({ runId, expectedSequence, events });
  };
  const stage: RunEvent = { type: "stage.started", payload: { stage: "plan" } };
  const environmentReady: RunEvent = {
    type: "environment.prepared",
    payload: { key: "none", roots: [], reused: true, durationMs: 0 },
  };
  const whole = { actor: "bench", causationId: null, effectId: null, taskKey: null, attemptId: null };
  const begin = [environmentReady, stage].map((event) => ({ ...whole, event }));
  const attempts = Array.from({ length: Math.ceil(domainEvents / 4) }, (_none, index) =>
    lostAttempt(index + 1),
  );
  await append([...begin, ...attempts.flat()]);
  for (let index = 0; index < wireEvents; index += 1) {
    const payload = { type: "exec_command_output_delta", index, chunk: "x".repeat(400) };
    store.wire.record({
      runId,
      attemptId: "plan/plan#1",
      threadId: "t",
      time: new Date(0).toISOString(),
      type: payload.type,
      payload,
    });
    if (index % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
  await store.wire.flush();
}

/** Until the effect is in the log; what comes after it is cut short. */
async function timeToFirstEffect(run: string): Promise<number> {
  const stop = new AbortController();
  let took = Number.NaN;
  const started = performance.now();
  const onEvent = ({ event }: EventEnvelope): void => {
    if (event.type !== "effect.intended" || stop.signal.aborted) return;
    took = performance.now() - started;
    stop.abort();
  };
  await resumeRun({ run, stateDirectory, codexConfig, environment, onEvent, signal: stop.signal });
  return took;
}

makeRepository();
const run = await beginRun();
const store = await openStore({ stateDirectory, redactor: await redactorFor({}) });
await fill(store, run);
await store.close();
const times: number[] = [];
for (let round = 0; round <= rounds; round += 1) {
  const took = await timeToFirstEffect(run);
  // The first round loads modules and fills caches.
  process.stdout.write(`${round === 0 ? "first" : "then "}  ${took.toFixed(0)} ms\n`);
  if (round > 0) times.push(took);
}
rmSync(home, { recursive: true, force: true });
const ms = median(times);
process.stdout.write(
  `${domainEvents} domain events, ${wireEvents} wire events, ${rounds} resumes of one run\n`,
);
process.stdout.write(`to the first new effect (<= ${allowedMs})  ${ms.toFixed(0)} ms\n`);
if (!(ms <= allowedMs)) process.exitCode = 1;
