import { repairPrompt } from "../../agents/prompt-parts.ts";
import { reviewer, type ReviewBriefing } from "../../agents/reviewer.ts";
import { messageOf } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import type { RubricReview } from "../../core/gates/review.ts";
import type { AgentWorker } from "../../core/ports/agent-server.ts";
import { addUsage, noUsage } from "../../core/usage.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import type { Review } from "../../handoffs/review.ts";
import { endConfined, startConfined } from "../perform/confined-worker.ts";
import { checkoutId } from "../perform/names.ts";
import { runRecordedTurn, type RecordedTurn } from "../perform/recorded-turn.ts";
import { refusingDesk } from "../refusing-desk.ts";
import type { GateCase, GateOutcome } from "./gate.ts";
import { objectionsOf } from "./objections.ts";
import { keepReview } from "./keep-review.ts";

/** What the reviewer said, or why it said nothing that counts. */
type Opinion = { review: Review } | { problems: readonly string[] };

/**
 * A second agent judges the candidate by the pipeline's rubric, on a checkout of its own that it can only read. A rejection
 * fails the gate; what is no verdict makes it errored. What was used is told in every case.
 */
export async function rubricReview(current: GateCase, gate: RubricReview): Promise<GateOutcome> {
  const turns: RecordedTurn[] = [];
  try {
    const prompt = reviewer.prompt(await briefingFor(current, gate));
    const opinion = await withReviewer(current, (worker) => ask(worker, { prompt, turns }, current));
    const review = "review" in opinion ? opinion.review : null;
    const evidence = await keepReview(current, { gate, workerId: reviewerId(current), review, turns });
    return { ...verdictOf(current, opinion), evidence, ...usedBy(turns) };
  } catch (error) {
    const findings = [finding(current.name, `the reviewer could not judge: ${messageOf(error)}`)];
    return { verdict: "errored", findings, ...usedBy(turns), taskIds: [] };
  }
}

/** Like an attempt's id, e.g. `execute/slugify#1/review:rubric`: wire events, prompts and scripts know the reviewer by it. */
function reviewerId({ effect }: GateCase): string {
  return effect.id.replace(":judge-", "/");
}

async function briefingFor(current: GateCase, { rubric }: RubricReview): Promise<ReviewBriefing> {
  const { effect, facts, task, attempt, role, world } = current;
  const { base: baseCommit, commit } = effect;
  const about = { rubric, goal: facts.goal, baseCommit };
  if (role?.gives === "plan") {
    const plan = parsePacket("plan", attempt.turns.at(-1)?.answer ?? null);
    if (!plan.ok) throw new Error("there is no plan to be judged");
    return { ...about, judges: "plan", tasks: plan.packet.tasks, changes: [] };
  }
  const planned = [...world.log.state.tasks.values()].flatMap(({ spec }) => spec ?? []);
  const tasks = task.spec === null ? planned : [task.spec];
  return { ...about, judges: "change", tasks, changes: await world.workspace.changes(baseCommit, commit) };
}

/** The reviewer's server and all that descends from it are gone, and its checkout too, whatever `use` comes to. */
async function withReviewer<T>(current: GateCase, use: (worker: AgentWorker) => Promise<T>): Promise<T> {
  const { effect, world } = current;
  const { workspace, log } = world;
  const id = checkoutId(log.state.id, `review-${effect.id}`);
  try {
    const checkout = await workspace.checkOut(id, effect.commit);
    const { taskKey } = effect;
    const about = { workerId: reviewerId(current), taskKey, checkout, threadId: null };
    const held = await startConfined({ ...about, role: reviewer, approvals: refusingDesk }, world);
    try {
      return await use(held.worker);
    } finally {
      await endConfined(held, world);
    }
  } finally {
    await workspace.removeCheckout(id);
  }
}

/** Takes turns until there is a verdict, or none is to be had within the limits. */
async function ask(
  worker: AgentWorker,
  { prompt: first, turns }: { prompt: string; turns: RecordedTurn[] },
  current: GateCase,
): Promise<Opinion> {
  const { effect, facts, name, world } = current;
  const { limits } = facts.pipeline;
  for (let prompt = first; ;) {
    const about = { workerId: reviewerId(current), ordinal: turns.length + 1, effectId: effect.id };
    const turn = await runRecordedTurn(worker, { ...about, prompt, gives: reviewer.gives }, world);
    turns.push(turn);
    if (turn.failure !== null) return { problems: [`${turn.failure.code}: ${turn.failure.message}`] };
    const parsed = parsePacket("review", turn.answer);
    if (parsed.ok) return { review: parsed.packet };
    if (turns.length > limits.repairTurns) return { problems: parsed.problems };
    if (world.log.state.turns + turns.length >= limits.turns) {
      return { problems: [...parsed.problems, `the run's limit of ${limits.turns} turns is reached`] };
    }
    prompt = repairPrompt(
      "review",
      parsed.problems.map((problem) => finding(name, problem)),
    );
  }
}

function verdictOf(
  { name }: GateCase,
  opinion: Opinion,
): Pick<GateOutcome, "verdict" | "findings"> & { taskIds: readonly string[] } {
  if ("problems" in opinion) {
    const findings = opinion.problems.map((problem) =>
      finding(name, `the reviewer gave no verdict: ${problem}`),
    );
    return { verdict: "errored", findings, taskIds: [] };
  }
  const { review } = opinion;
  if (review.verdict === "accept") return { verdict: "passed", findings: [], taskIds: [] };
  const taskIds = [...new Set(review.findings.flatMap(({ taskId }) => taskId ?? []))];
  return { verdict: "failed", findings: objectionsOf(name, review), taskIds };
}

function usedBy(turns: readonly RecordedTurn[]): Pick<GateOutcome, "usage" | "turns" | "threadId"> {
  return {
    usage: turns.reduce((sum, { usage }) => addUsage(sum, usage), noUsage),
    turns: turns.length,
    threadId: turns.at(-1)?.threadId ?? null,
  };
}
