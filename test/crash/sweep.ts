import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { seededDice } from "../support/seeded-dice.ts";
import { serveTirelessModel } from "../support/tireless-model.ts";
import type { Subject } from "./subjects.ts";
import { makeLane, survive, type Deaths, type Survival } from "./survive.ts";

export interface SweepRequest {
  subject: Subject;
  /** An empty folder, not under the temporary one. */
  home: string;
  seed: number;
  /** Every so many named points one is killed at; 0: none. */
  everyPoint: number;
  randomTimes: number;
  onSurvival?: (survival: Survival) => void;
}

export interface Sweep {
  survivals: readonly Survival[];
  points: readonly string[];
  summary: string;
}

const lanes = 2;
/** Of three runs that are killed at a random time, one is killed again while it is resumed. */
const killedAgain = 3;

/** Kills a run at its named points and at random times, each time a new one, and goes on with it until it is done. */
export async function sweep(request: SweepRequest): Promise<Sweep> {
  const { subject, home } = request;
  const template = join(home, "template");
  mkdirSync(template);
  await subject.makeRepository(template);
  const model = await serveTirelessModel(subject.behave);
  const work = { goal: subject.goal, model };
  try {
    const first = makeLane(join(home, "lane-0"), template);
    const whole = await survive(first, work, { name: "unkilled", deaths: [] }, null);
    if (whole.problems.length > 0) throw new Error(`the unkilled run: ${whole.problems.join("; ")}`);
    const again = await survive(first, work, { name: "unkilled", deaths: [] }, whole.outcome);
    const queue = [...atPoints(whole.points, request), ...atTimes(again.durationMs, request)];
    const survivals: Survival[] = [];
    const drain = async (index: number): Promise<void> => {
      let lane = index === 0 ? first : makeLane(join(home, `lane-${index}`), template);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        // Of what is kept between runs, the first has to be made anew.
        if (next.fresh) lane = makeLane(join(home, `lane-${index}-${queue.length}`), template);
        const survival = await survive(lane, work, next, whole.outcome);
        survivals.push(survival);
        request.onSurvival?.(survival);
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, index) => drain(index)));
    return { survivals, points: whole.points, summary: summaryOf(survivals) };
  } finally {
    await model.close();
  }
}

type Planned = Deaths & { fresh: boolean };

function atPoints(points: readonly string[], { everyPoint }: SweepRequest): Planned[] {
  if (everyPoint === 0) return [];
  return points.flatMap((point, index) => {
    if (index % everyPoint !== 0) return [];
    const fresh = point.startsWith("prepare-environment");
    return [{ name: `point ${index + 1} (${point})`, deaths: [{ atPoint: index + 1 }], fresh }];
  });
}

function atTimes(wholeMs: number, { seed, randomTimes }: SweepRequest): Planned[] {
  const dice = seededDice(seed, 1);
  return Array.from({ length: randomTimes }, () => {
    const times = [dice.below(Math.ceil(wholeMs))];
    if (dice.below(killedAgain) === 0) times.push(dice.below(Math.ceil(wholeMs)));
    const deaths = times.map((afterMs) => ({ afterMs }));
    return { name: `after ${times.join(" ms, then ")} ms`, deaths, fresh: false };
  });
}

function summaryOf(survivals: readonly Survival[]): string {
  const sum = (of: (survival: Survival) => number): number =>
    survivals.reduce((total, survival) => total + of(survival), 0);
  return [
    `${survivals.length} runs`,
    `${sum(({ kills }) => kills)} kills`,
    `${sum(({ resumes }) => resumes)} resumes`,
    `${sum(({ eventsLost }) => eventsLost)} events lost`,
    `${sum(({ gaps }) => gaps)} gaps`,
    `${sum(({ doubledEffects }) => doubledEffects)} effects doubled`,
    `${sum(({ treeDifferences }) => treeDifferences)} trees that differ`,
    `${sum(({ problems }) => (problems.length > 0 ? 1 : 0))} runs with something wrong`,
  ].join(", ");
}
