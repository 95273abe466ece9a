import { execFileSync } from "node:child_process";
import { verifyChain } from "../../core/events/verify-chain.ts";
import type { EventEnvelope } from "../../core/events/envelope.ts";
import { openStoreReadOnly } from "../../db/open-store.ts";
import { findLeftovers } from "../../leftovers.ts";
import { fold } from "../../orchestrator/evolve.ts";
import { processesWith, until } from "../support/processes.ts";
import type { Acknowledged } from "./orchestrate.ts";

/** What must be the same however often a run was killed. */
export interface Outcome {
  tree: string;
  commits: number;
}

/** What was found wrong with a run that was killed; all 0 and empty where nothing was. */
export interface Inspection {
  eventsLost: number;
  gaps: number;
  doubledEffects: number;
  treeDifferences: number;
  /** Anything, in words; also what is counted above. */
  problems: readonly string[];
  outcome: Outcome;
}

interface Request {
  stateDirectory: string;
  repository: string;
  runId: string;
  acknowledged: readonly Acknowledged[];
  orchestratorIds: readonly string[];
  /** It was killed after its end or before its start, when nothing goes on with it: `portcullis doctor --fix` may have to tidy. */
  mayNeedMending: boolean;
  /** Null for the unkilled run itself. */
  expected: Outcome | null;
}

export async function inspectRun(request: Request): Promise<Inspection> {
  const { stateDirectory, runId, acknowledged, expected } = request;
  const store = await openStoreReadOnly({ stateDirectory });
  const events = await store.events.read(runId);
  await store.close();
  const broken = verifyChain(events);
  const lost = acknowledged.filter(({ id, sequence, payloadDigest }) => {
    const found = events[sequence - 1];
    return found?.id !== id || found.payloadDigest !== payloadDigest;
  });
  const doubled = doubledEffects(events);
  const state = fold(runId, events);
  const published = await inspectBranch(request, state.head);
  const differs = expected !== null && published.outcome.tree !== expected.tree;
  const problems = [
    ...(state.status === "passed" ? [] : [`it ended ${state.status}: ${state.reason?.message}`]),
    ...(broken === null
      ? []
      : [`event ${broken.sequence}: expected ${broken.expected}, found ${broken.found}`]),
    ...lost.map(({ sequence }) => `event ${sequence} was acknowledged and is lost`),
    ...doubled,
    ...(differs ? [`the tree is ${published.outcome.tree}, not ${expected.tree}`] : []),
    ...(expected !== null && published.outcome.commits !== expected.commits
      ? [`${published.outcome.commits} commits, not ${expected.commits}`]
      : []),
    ...published.problems,
    ...(await whatIsLeft(request)),
  ];
  const gaps = events.filter(({ sequence }, index) => sequence !== index + 1).length;
  return {
    eventsLost: lost.length,
    gaps: gaps + (broken === null ? 0 : 1),
    doubledEffects: doubled.length + published.problems.length,
    treeDifferences: differs ? 1 : 0,
    problems,
    outcome: published.outcome,
  };
}

/** Effects that were not intended once and settled once. */
function doubledEffects(events: readonly EventEnvelope[]): string[] {
  const counts = new Map<string, { intended: number; settled: number }>();
  for (const { event, effectId } of events) {
    if (effectId === null || event.type === "approval.decided") continue;
    const { intended, settled } = counts.get(effectId) ?? { intended: 0, settled: 0 };
    const isIntent = event.type === "effect.intended";
    counts.set(effectId, isIntent ? { intended: intended + 1, settled } : { intended, settled: settled + 1 });
  }
  return [...counts]
    .filter(([, { intended, settled }]) => intended !== 1 || settled !== 1)
    .map(([id, { intended, settled }]) => `${id} was intended ${intended} and settled ${settled} times`);
}

/** The one write to the user's repository, by git's own account. */
async function inspectBranch(
  { repository, runId }: Request,
  head: string,
): Promise<{ problems: string[]; outcome: Outcome }> {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
  const refs = git("for-each-ref", "--format=%(refname) %(objectname)", `refs/heads/portcullis/${runId}*`);
  const branch = `refs/heads/portcullis/${runId}`;
  if (refs !== `${branch} ${head}`) {
    return {
      problems: [`expected ${branch} at ${head}, found '${refs}'`],
      outcome: { tree: "", commits: 0 },
    };
  }
  const moves = git("reflog", "show", branch).split("\n").length;
  const subjects = git("log", "--format=%s", `main..${branch}`).split("\n");
  const unfinished = subjects.filter((subject) => subject.startsWith("Unfinished:"));
  return Promise.resolve({
    problems: [
      ...(moves === 1 ? [] : [`the branch was moved ${moves} times`]),
      ...unfinished.map((subject) => `in the branch's history: ${subject}`),
    ],
    outcome: { tree: git("rev-parse", `${branch}^{tree}`), commits: subjects.length },
  });
}

async function whatIsLeft({ stateDirectory, orchestratorIds, mayNeedMending }: Request): Promise<string[]> {
  const marks = [...orchestratorIds, stateDirectory];
  const running = (): number[] => [...new Set(marks.flatMap(processesWith))];
  await until(() => running().length === 0, 5000);
  const processes = running().map((pid) => `process ${pid} runs on`);
  if (mayNeedMending) for (const { mend } of await findLeftovers({ stateDirectory })) await mend?.();
  const leftovers = await findLeftovers({ stateDirectory });
  return [...processes, ...leftovers.map(({ kind, found }) => `left: ${kind}: ${found}`)];
}
