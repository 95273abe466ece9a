import type { EventEnvelope } from "../core/events/envelope.ts";
import type { EventLog } from "../core/ports/event-log.ts";
import type { Fence } from "../core/ports/lease.ts";
import type { Fact } from "./decision.ts";
import { evolve, fold } from "./evolve.ts";
import type { RunState } from "./state.ts";

export interface AppendedFact extends Fact {
  actor?: string;
  effectId?: string;
}

/**
 * One run's log and the state that it adds up to. Appends are put one after another, whoever makes them; the state is
 * that of the last append that is durable. `observe` sees each event after it is durable.
 */
export interface RunLog {
  readonly state: RunState;
  /** What had been appended when it was opened. */
  readonly past: readonly EventEnvelope[];
  append(facts: readonly AppendedFact[]): Promise<void>;
}

export async function openRunLog(options: {
  runId: string;
  events: EventLog;
  /** Proof that this process alone drives the run; every append is refused without it. */
  fence?: Fence;
  observe: (envelope: EventEnvelope) => void;
}): Promise<RunLog> {
  const { runId, events, observe, fence } = options;
  const past = await events.read(runId);
  let state = fold(runId, past);
  let last: Promise<void> = Promise.resolve();

  const appendNow = async (facts: readonly AppendedFact[]): Promise<void> => {
    const appended = await events.append({
      runId,
      expectedSequence: state.sequence,
      ...(fence === undefined ? {} : { fence }),
      events: facts.map((fact) => ({
        actor: fact.actor ?? "orchestrator",
        taskKey: fact.taskKey ?? null,
        attemptId: fact.attemptId ?? null,
        effectId: fact.effectId ?? null,
        causationId: state.lastEventId,
        event: fact.event,
      })),
    });
    for (const envelope of appended) {
      state = evolve(state, envelope);
      observe(envelope);
    }
  };

  return {
    past,
    get state() {
      return state;
    },
    append: (facts) => {
      const next = last.then(() => appendNow(facts));
      last = next.catch(() => undefined);
      return next;
    },
  };
}
