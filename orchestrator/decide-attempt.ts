import type { Role } from "../agents/role.ts";
import type { EffectOf } from "../core/effect.ts";
import { finding, type Finding } from "../core/finding.ts";
import type { Failure } from "../core/events/run-events.ts";
import { isRubricReview } from "../core/gates/review.ts";
import type { Judgement } from "../core/verdict.ts";
import { parsePacket } from "../handoffs/parse-packet.ts";
import { closeInterrupted } from "./decide-interruption.ts";
import { pauseAtLimit } from "./pause-at-limit.ts";
import { perform, record, type Decision, type Fact } from "./decision.ts";
import { isCostly, judgementOf, judgesTree, plannedGates, type PlannedGate } from "./gate-plan.ts";
import { stageWrites } from "./stage-role.ts";
import { workerLost } from "./worker-lost.ts";
import type { AttemptState, RunFacts, RunState, StageState, TaskState } from "./state.ts";

interface Case {
  state: RunState;
  facts: RunFacts;
  stage: StageState;
  task: TaskState;
  attempt: AttemptState;
  role: Role | null;
}

/** The next step of an attempt that is under way: work tree, worker, turns, commit, gates, merge. Pure. */
export function decideAttempt(current: Case): Decision {
  const { attempt, state, task } = current;
  const lost = lostBy(attempt);
  if (lost !== null) return closeInterrupted(state, task, attempt, [failureFinding(lost)]);
  if (attempt.failure !== null) {
    // What no commit takes in is an objection to the work, as a gate's is.
    const status = attempt.failure.code.startsWith("commit.") ? "failed" : "errored";
    return leave(current, status, [...attempt.findings, failureFinding(attempt.failure)]);
  }
  if (current.role === null) return decideJudgement(current);
  if (attempt.checkoutId === null) {
    return perform({ kind: "prepare-work-tree", ...target(current, "work-tree"), commit: attempt.from });
  }
  if (attempt.worker === "none") return perform({ kind: "start-worker", ...target(current, "worker") });
  return decideTurn(current, current.role) ?? decideJudgement(current);
}

/** What it was lost by where an orchestrator ended and took the worker with it; else null. */
function lostBy({ failure, turns }: AttemptState): Failure | null {
  const ended = turns.at(-1)?.failure ?? null;
  if (ended?.code === workerLost) return ended;
  return failure?.code === workerLost ? failure : null;
}

/** Null when the worker has given a valid handoff. */
function decideTurn(current: Case, role: Role): Decision | null {
  const { attempt, facts } = current;
  const turn = attempt.turns.at(-1);
  if (turn === undefined) return runTurn(current, 1, "work", attempt.findings);
  // What it was told still stands: nobody has judged whether it was mended.
  if (turn.failure !== null) {
    return leave(current, "errored", [...attempt.findings, failureFinding(turn.failure)]);
  }
  const handoff = judgementOf(attempt, effectId(attempt, `judge-handoff-${turn.ordinal}`));
  if (handoff === null) return judge(current, handoffGate, `judge-handoff-${turn.ordinal}`, attempt.from);
  if (handoff.verdict === "passed") return null;
  const readable = parsePacket(role.gives, turn.answer).ok;
  if (!readable && turn.ordinal <= facts.pipeline.limits.repairTurns) {
    return runTurn(current, turn.ordinal + 1, "repair", handoff.findings);
  }
  return leave(current, statusFor([handoff]), handoff.findings);
}

function decideJudgement(current: Case): Decision {
  const { attempt, facts, stage, task, state } = current;
  if (attempt.worker === "running" && !state.intended.has(effectId(attempt, "end-worker"))) {
    return perform({ kind: "end-worker", ...target(current, "end-worker") });
  }
  const writes = stageWrites(stage);
  if (writes && attempt.candidate === null) {
    return perform({ kind: "commit", ...target(current, "commit"), parent: attempt.parent });
  }
  const candidate = attempt.candidate?.commit ?? attempt.from;
  const gates = plannedGates(facts, stage, task);
  return (
    decideGates(current, gates, "judge", candidate) ??
    (writes ? decideMerge(current, gates, candidate) : null) ??
    pass(current)
  );
}

/** Null when all have passed. What is costly is spared where a gate has already said no. */
function decideGates(
  current: Case,
  gates: readonly PlannedGate[],
  prefix: string,
  commit: string,
): Decision | null {
  const refused: Judgement[] = [];
  for (const gate of gates) {
    if (refused.length > 0 && isCostly(gate)) break;
    const name = `${prefix}-${gate.name}`;
    const judgement = judgementOf(current.attempt, effectId(current.attempt, name));
    if (judgement === null) {
      const pause = isRubricReview(gate.gate) ? pauseAtLimit(current.state, current.facts) : null;
      return pause ?? judge(current, gate, name, commit);
    }
    if (judgement.verdict !== "passed") refused.push(judgement);
  }
  if (refused.length === 0) return null;
  return leave(
    current,
    statusFor(refused),
    refused.flatMap((judgement) => judgement.findings),
  );
}

/** A verdict is bound to its tree: where the merge made another one, what judges the tree and not the change judges again. */
function decideMerge(current: Case, gates: readonly PlannedGate[], commit: string): Decision | null {
  const { attempt, state } = current;
  if (attempt.conflicts !== null) {
    const objections = attempt.conflicts.map((path) =>
      finding("merge", "conflicts with what was merged before", { path }),
    );
    return leave(current, "failed", objections);
  }
  if (attempt.merged === null) {
    return perform({ kind: "merge", ...target(current, "merge"), onto: state.head, commit });
  }
  if (attempt.merged.tree === attempt.candidate?.tree) return null;
  return decideGates(current, gates.filter(judgesTree), "judge-merged", attempt.merged.commit);
}

function runTurn(
  current: Case,
  ordinal: number,
  purpose: EffectOf<"run-turn">["purpose"],
  findings: readonly Finding[],
): Decision {
  const pause = pauseAtLimit(current.state, current.facts);
  if (pause !== null) return pause;
  const id = target(current, `turn-${ordinal}`);
  return perform({ kind: "run-turn", ...id, ordinal, purpose, findings: [...findings] });
}

const handoffGate: PlannedGate = { gate: { kind: "handoff" }, command: null, name: "handoff" };

function judge(current: Case, planned: PlannedGate, name: string, commit: string): Decision {
  const { gate, command } = planned;
  const { base } = current.attempt;
  return perform({ kind: "judge", ...target(current, name), gate, command, base, commit });
}

function pass(current: Case): Decision {
  const facts: Fact[] = [attemptFinished(current, "passed", [])];
  const plan = acceptedPlan(current);
  if (plan !== null) facts.push(plan);
  facts.push({
    event: { type: "task.finished", payload: { taskKey: current.task.key, status: "passed" } },
    taskKey: current.task.key,
  });
  return record(...facts);
}

function acceptedPlan({ attempt, stage, role }: Case): Fact | null {
  if (role?.gives !== "plan") return null;
  const parsed = parsePacket("plan", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return null;
  const artifact = judgementOf(attempt, effectId(attempt, "judge-plan"))?.evidence ?? "";
  return {
    event: { type: "plan.accepted", payload: { stage: stage.name, tasks: parsed.packet.tasks, artifact } },
  };
}

/** Ends the attempt without a pass; its worker first, if it runs. */
function leave(current: Case, status: "failed" | "errored", findings: readonly Finding[]): Decision {
  const { attempt, state } = current;
  const end = target(current, "end-worker");
  if (attempt.worker === "running" && !state.intended.has(end.id))
    return perform({ kind: "end-worker", ...end });
  return record(attemptFinished(current, status, findings));
}

function attemptFinished(
  { task, attempt }: Case,
  status: "passed" | "failed" | "errored",
  findings: readonly Finding[],
): Fact {
  return {
    event: { type: "attempt.finished", payload: { taskKey: task.key, status, findings: [...findings] } },
    taskKey: task.key,
    attemptId: attempt.id,
  };
}

function statusFor(refused: readonly Judgement[]): "failed" | "errored" {
  return refused.some((judgement) => judgement.verdict === "errored") ? "errored" : "failed";
}

function failureFinding(failure: Failure): Finding {
  return finding(failure.code, failure.message);
}

function target({ task, attempt }: Case, name: string): { id: string; taskKey: string; attemptId: string } {
  return { id: effectId(attempt, name), taskKey: task.key, attemptId: attempt.id };
}

function effectId(attempt: AttemptState, name: string): string {
  return `${attempt.id}:${name}`;
}
