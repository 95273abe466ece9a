import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { databaseFile } from "../../core/state-directory.ts";
import { openStoreReadOnly } from "../../db/open-store.ts";
import type { TirelessModel } from "../support/tireless-model.ts";
import { inspectRun, type Inspection, type Outcome } from "./inspect-run.ts";
import { orchestrate, type Acknowledged, type Order, type Orchestrated } from "./orchestrate.ts";

/** Where runs are killed one after another: a state folder, a Codex home and a repository of its own. */
export interface Lane {
  stateDirectory: string;
  codexHome: string;
  repository: string;
}

export function makeLane(home: string, template: string): Lane {
  const lane = {
    stateDirectory: join(home, "state"),
    codexHome: join(home, "codex-home"),
    repository: join(home, "repository"),
  };
  mkdirSync(lane.codexHome, { recursive: true });
  cpSync(template, lane.repository, { recursive: true });
  return lane;
}

/** When the processes of one run die, one after another; the last of them lives. A number of a fault point, or a time. */
export interface Deaths {
  name: string;
  deaths: readonly ({ atPoint: number } | { afterMs: number })[];
}

export interface Survival extends Inspection {
  name: string;
  kills: number;
  resumes: number;
  /** Of the first process. */
  points: readonly string[];
  durationMs: number;
}

/** More than that is no progress. */
const maxResumes = 5;

/** One run from its start to its end, through all of these deaths. */
export async function survive(
  lane: Lane,
  { goal, model }: { goal: string; model: TirelessModel },
  { name, deaths }: Deaths,
  expected: Outcome | null,
): Promise<Survival> {
  const { stateDirectory, codexHome, repository } = lane;
  const run = { stateDirectory, codexHome, model: model.model, codexSettings: model.codexSettings };
  const before = await runsIn(stateDirectory);
  const all: Orchestrated[] = [];
  let resume: string | null = null;
  let resumes = 0;
  let killedOutside = false;
  const go = async (): Promise<Orchestrated> => {
    const death = deaths[all.length];
    const dieAtPoint = death !== undefined && "atPoint" in death ? death.atPoint : null;
    const order: Order = { goal, repository, resume, dieAtPoint, run };
    const gone = await orchestrate(order, death !== undefined && "afterMs" in death ? death.afterMs : null);
    all.push(gone);
    return gone;
  };
  let last = await go();
  while (last.killed && resumes < maxResumes) {
    const made = (await runsIn(stateDirectory)).find(({ id }) => before.every((one) => one.id !== id));
    const isOver = made?.status === "passed";
    killedOutside ||= made === undefined || isOver;
    if (isOver) break;
    resume = made?.id ?? null;
    resumes += 1;
    last = await go();
  }
  const [made] = (await runsIn(stateDirectory)).filter(({ id }) => before.every((one) => one.id !== id));
  const words = all.flatMap((one) => one.words);
  const inspection = await inspectRun({
    stateDirectory,
    repository,
    expected,
    runId: made?.id ?? "none",
    acknowledged: words.filter((word): word is Acknowledged => word.said === "event"),
    orchestratorIds: words.flatMap((word) => (word.said === "start" ? [word.orchestratorId] : [])),
    mayNeedMending: killedOutside,
  });
  const said = all.flatMap(({ stderr }) => (stderr === "" ? [] : [`it said: ${stderr.slice(0, 1000)}`]));
  const asked = model.problems.map((problem) => `the model was asked: ${problem}`);
  return {
    ...inspection,
    problems: [...inspection.problems, ...said, ...asked],
    name,
    kills: all.filter(({ killed }) => killed).length,
    resumes,
    points: all[0]?.words.flatMap((word) => (word.said === "point" ? [word.point] : [])) ?? [],
    durationMs: all[0]?.durationMs ?? 0,
  };
}

async function runsIn(stateDirectory: string): Promise<readonly { id: string; status: string }[]> {
  if (!existsSync(join(stateDirectory, databaseFile))) return [];
  const store = await openStoreReadOnly({ stateDirectory });
  const runs = await store.catalog.list();
  await store.close();
  return runs;
}
