import { randomUUID } from "node:crypto";

/** The variable that tells whose child a process is. */
export const markName = "PORTCULLIS_FAMILY";

/** Names this process among all orchestrators, living and dead. */
export const orchestratorId = randomUUID();

/** For the environment of whatever this process starts: who outlives it is found by it, where the system shows environments. */
export const ownMark: Readonly<Record<string, string>> = { [markName]: orchestratorId };

/** A process group that this process has started, with all that descends from it. */
export interface LivingFamily {
  /** The leader of the group. */
  pid: number;
  what: string;
}

export interface FamilyListener {
  started(family: LivingFamily): void;
  ended?(family: LivingFamily): void;
}

const families = new Set<LivingFamily>();
const listeners = new Set<FamilyListener>();

/** A mark for one family: it begins as those of all others of this process do. */
export function familyMark(): Readonly<Record<string, string>> {
  return { [markName]: `${orchestratorId}.${randomUUID()}` };
}

/** Says that a family has been started; what is given back says that nothing of it runs any more. */
export function familyStarted(family: LivingFamily): () => void {
  families.add(family);
  for (const listener of listeners) listener.started(family);
  return () => {
    if (!families.delete(family)) return;
    for (const listener of listeners) listener.ended?.(family);
  };
}

export function livingFamilies(): readonly LivingFamily[] {
  return [...families];
}

/** Hears of each family as soon as it has been started, and when it has ended. */
export function listenToFamilies(listener: FamilyListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
