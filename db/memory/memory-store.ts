import { systemClock } from "../../core/clock.ts";
import { sha256 } from "../../core/digest.ts";
import { chainHash, genesisHash, type EventEnvelope } from "../../core/events/envelope.ts";
import { ulidIds } from "../../core/ids.ts";
import type { AppendRequest } from "../../core/ports/event-log.ts";
import type { StoredArtifact } from "../../core/ports/artifact-store.ts";
import type { RunSummary } from "../../core/ports/run-catalog.ts";
import type { StoredWireEvent } from "../../core/ports/wire-log.ts";
import { conflict, sealEvents, type StoreTools } from "../append-events.ts";
import { refuseLarge } from "../artifact-store.ts";
import type { Store } from "../open-store.ts";
import { resolveRun } from "../run-catalog.ts";

/** The same ports without a file, for tests of programs that use Portcullis as a library. Nothing outlives it. */
export function createMemoryStore(options: Pick<StoreTools, "redactor"> & Partial<StoreTools>): Store {
  const { redactor, clock = systemClock, ids = ulidIds() } = options;
  const logs = new Map<string, EventEnvelope[]>();
  const wires: StoredWireEvent[] = [];
  const contents = new Map<string, Uint8Array>();
  const names = new Map<string, StoredArtifact & { runId: string; name: string }>();
  const newest = (): RunSummary[] => [...logs.entries()].flatMap(([id, log]) => summarize(id, log)).reverse();

  const append = (request: AppendRequest): readonly EventEnvelope[] => {
    const log = logs.get(request.runId) ?? [];
    if (log.length !== request.expectedSequence) throw conflict(request, log.length);
    const last = log.at(-1);
    const hash = last === undefined ? genesisHash : chainHash({ ...last, type: last.event.type });
    const added = sealEvents(request, { sequence: log.length, hash }, { redactor, clock, ids });
    logs.set(request.runId, [...log, ...added]);
    return added;
  };

  return {
    events: {
      append: (request) => Promise.resolve().then(() => append(request)),
      read: (runId, { after = 0, limit } = {}) =>
        Promise.resolve(
          (logs.get(runId) ?? []).slice(after, limit === undefined ? undefined : after + limit),
        ),
    },
    catalog: {
      list: ({ limit = 1000 } = {}) => Promise.resolve(newest().slice(0, limit)),
      resolve: (reference) =>
        Promise.resolve().then(() =>
          resolveRun(
            reference,
            (limit) => newest().slice(0, limit),
            (prefix) => newest().filter(({ id }) => id.startsWith(prefix)),
          ),
        ),
    },
    wire: {
      record: (event) => {
        const position = wires.filter(({ runId }) => runId === event.runId).length + 1;
        wires.push({ ...event, payload: redactor.value(event.payload), position });
      },
      flush: () => Promise.resolve(),
      read: (runId, { after = 0, limit } = {}) => {
        const found = wires.filter((event) => event.runId === runId && event.position > after);
        return Promise.resolve(found.slice(0, limit));
      },
      counts: () => ({ stored: wires.length, dropped: 0 }),
    },
    artifacts: {
      put: async (given, { runId, name, mediaType }) => {
        const content = typeof given === "string" ? Buffer.from(redactor.text(given)) : Buffer.from(given);
        refuseLarge(content.length, name);
        const stored = { digest: sha256(content), bytes: content.length, mediaType };
        contents.set(stored.digest, content);
        names.set(`${runId}\0${name}`, { ...stored, runId, name });
        return Promise.resolve(stored);
      },
      get: (digest) => Promise.resolve(contents.get(digest) ?? null),
      list: (runId) =>
        Promise.resolve(
          [...names.values()]
            .filter((artifact) => artifact.runId === runId)
            .map(({ name, digest, bytes, mediaType }) => ({ name, digest, bytes, mediaType }))
            .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        ),
    },
    close: () => Promise.resolve(),
  };
}

function summarize(id: string, log: readonly EventEnvelope[]): RunSummary[] {
  const started = log[0];
  if (started?.event.type !== "run.started") return [];
  const { goal, pipeline, repository, branch } = started.event.payload;
  const last = log.at(-1);
  const finished = last?.event.type === "run.finished" ? last.event.payload.status : "running";
  const finishedAt = finished === "running" ? null : (last?.time ?? null);
  const facts = { goal, pipeline: pipeline.name, repository: repository.path, branch };
  return [{ id, ...facts, status: finished, startedAt: started.time, finishedAt }];
}
