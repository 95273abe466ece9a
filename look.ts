import { PortcullisError } from "./core/errors.ts";
import { openRunCatalog } from "./db/open-run-catalog.ts";
import { openStoreReadOnly } from "./db/open-store.ts";
import type { EventEnvelope } from "./core/events/envelope.ts";
import type { StoredArtifact } from "./core/ports/artifact-store.ts";
import type { StoredWireEvent } from "./core/ports/wire-log.ts";
import { fold } from "./orchestrator/evolve.ts";
import { priceUsage } from "./orchestrator/price-usage.ts";
import { erasedRunView, runView, type RunView } from "./orchestrator/run-view.ts";

export type { AttemptView, GateView, RunView, StageView, TaskView } from "./orchestrator/run-view.ts";
export type { EventEnvelope } from "./core/events/envelope.ts";

/** `name` is a path that an agent may have chosen. */
export interface KeptArtifact extends StoredArtifact {
  name: string;
}

/** One run, for looking at. */
export interface Look {
  view: RunView;
  events: readonly EventEnvelope[];
  /** Later events than the given sequence, for following. */
  eventsAfter(sequence: number): Promise<readonly EventEnvelope[]>;
  wireAfter(position: number): Promise<readonly StoredWireEvent[]>;
  /** What the run kept, in the order in which it was kept. One name may have several contents. */
  artifacts(): Promise<readonly KeptArtifact[]>;
  /** Kept content, or null. */
  content(digest: string): Promise<Uint8Array | null>;
  /** Kept content as text, or null. */
  evidence(digest: string): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * Opens a run by id, unique prefix or `latest`; changes nothing. Errors of kind usage: `run.unknown`, `run.ambiguous`,
 * `run.erased`.
 */
export async function lookAtRun(stateDirectory: string, reference: string): Promise<Look> {
  const store = await openStoreReadOnly({ stateDirectory });
  try {
    const summary = await store.catalog.resolve(reference);
    if (summary.erasedAt !== null) throw erasedRun(summary.id, summary.erasedAt);
    const events = await store.events.read(summary.id);
    const state = fold(summary.id, events);
    const model = state.facts?.model ?? null;
    return {
      view: runView(summary, state, await priceUsage(model, state.usage)),
      events,
      eventsAfter: (after) => store.events.read(summary.id, { after }),
      wireAfter: (after) => store.wire.read(summary.id, { after, limit: 1000 }),
      artifacts: () => store.artifacts.list(summary.id),
      content: (digest) => store.artifacts.get(digest),
      evidence: async (digest) => {
        const content = await store.artifacts.get(digest);
        return content === null ? null : Buffer.from(content).toString("utf8");
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** How a run stands; of one that was erased, what is left. Errors of kind usage: `run.unknown`, `run.ambiguous`. */
export async function viewRun(stateDirectory: string, reference: string): Promise<RunView> {
  const catalog = await openRunCatalog({ stateDirectory });
  const summary = await catalog.resolve(reference);
  catalog.close();
  if (summary.erasedAt !== null) return erasedRunView(summary);
  const look = await lookAtRun(stateDirectory, summary.id);
  await look.close();
  return look.view;
}

function erasedRun(id: string, erasedAt: string): PortcullisError {
  return new PortcullisError({
    code: "run.erased",
    kind: "usage",
    message: `expected a run with its content, found that ${id} was erased at ${erasedAt}`,
    remedy: `portcullis show ${id} tells what is left, portcullis audit ${id} checks it`,
  });
}
