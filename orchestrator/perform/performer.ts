import type { EffectKind, EffectOf } from "../../core/effect.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * How one kind of effect is done. `perform` gives the event that settles it; what it throws becomes `effect.failed`.
 * `probe` asks the world whether an effect that was intended before a crash has happened: its event, or null where it
 * has not and may be done (again).
 */
export interface Performer<K extends EffectKind> {
  perform(effect: EffectOf<K>, world: Surroundings): Promise<RunEvent>;
  probe(effect: EffectOf<K>, world: Surroundings): Promise<RunEvent | null>;
}

/** For effects that may simply be repeated. */
export const repeat = (): Promise<null> => Promise.resolve(null);
