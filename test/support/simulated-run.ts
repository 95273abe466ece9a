import type { Effect, EffectOf } from "../../core/effect.ts";
import { chainHash, eventVersion, genesisHash, type EventEnvelope } from "../../core/events/envelope.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import { finding } from "../../core/finding.ts";
import type { Move } from "../../core/move.ts";
import { gateName } from "../../core/gates/gate-name.ts";
import { isRubricReview } from "../../core/gates/review.ts";
import { gatesOf } from "../../core/pipeline.ts";
import type { TaskSpec } from "../../core/task.ts";
import type { Verdict } from "../../core/verdict.ts";
import { noUsage } from "../../core/usage.ts";
import { decide } from "../../orchestrator/decide.ts";
import type { Decision, Fact } from "../../orchestrator/decision.ts";
import { evolve } from "../../orchestrator/evolve.ts";
import { initialState } from "../../orchestrator/initial-state.ts";
import type { RunState } from "../../orchestrator/state.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

/** Numbers that a property test draws; each choice of the simulated world takes the next one. */
export interface Dice {
  below(limit: number): number;
  /** How often the world goes wrong: 1 (often) to 20 (seldom). */
  kindness: number;
}

export interface Simulated {
  state: RunState;
  events: EventEnvelope[];
  performed: Effect[];
  chosen: { move: Move; legal: readonly Move[] }[];
  steps: number;
}

const rubric = { kind: "review", rubric: "Is it simple?" } as const;
const stages = planExecuteVerify.stages.map((stage) => ({ ...stage, gates: [...gatesOf(stage), rubric] }));

const started: RunEvent = {
  type: "run.started",
  payload: {
    goal: "a goal",
    repository: { id: "r", path: "/r" },
    baseCommit: "base",
    branch: "portcullis/x",
    pipeline: { ...planExecuteVerify, stages, limits: { ...planExecuteVerify.limits, turns: 13 } },
    config: { setup: null, commands: { test: "true", lint: "true" }, protected: [] },
    codex: { name: "codex", version: "0", server: "mcp-server", path: "/c", reason: "a test" },
    model: null,
    lead: "rules",
    leftOut: [],
  },
};

/** Plays a whole run in memory: the world answers by the dice, well or badly; the lead takes any legal move. */
export function simulateRun(dice: Dice, maxSteps: number): Simulated {
  const run: Simulated = { state: initialState("r"), events: [], performed: [], chosen: [], steps: 0 };
  append(run, { event: started });
  while (run.steps < maxSteps) {
    run.steps += 1;
    const decision = decide(run.state);
    if (decision.kind === "end") return run;
    step(run, decision, dice);
  }
  return run;
}

function step(run: Simulated, decision: Decision, dice: Dice): void {
  if (decision.kind === "record") decision.facts.forEach((fact) => append(run, fact));
  if (decision.kind === "choose") {
    const move = decision.moves[dice.below(decision.moves.length)];
    if (move === undefined) throw new Error("asked to choose among no moves");
    run.chosen.push({ move, legal: decision.moves });
    append(run, {
      event: { type: "move.chosen", payload: { move, by: "dice", why: "" } },
      taskKey: move.taskKey,
    });
  }
  if (decision.kind === "wait") throw new Error("nothing is in flight, and decide waits");
  if (decision.kind === "perform") performSimulated(run, decision.effect, dice);
}

function performSimulated(run: Simulated, effect: Effect, dice: Dice): void {
  const place = "attemptId" in effect ? { taskKey: effect.taskKey, attemptId: effect.attemptId } : {};
  run.performed.push(effect);
  append(run, { event: { type: "effect.intended", payload: { effect } }, ...place }, effect.id);
  append(run, { event: outcomeOf(run.state, effect, dice), ...place }, effect.id);
}

function append(run: Simulated, fact: Fact, effectId: string | null = null): void {
  const last = run.events.at(-1);
  const envelope: EventEnvelope = {
    id: `e${run.events.length + 1}`,
    runId: "r",
    sequence: run.events.length + 1,
    version: eventVersion,
    time: new Date(run.events.length).toISOString(),
    actor: "test",
    taskKey: fact.taskKey ?? null,
    attemptId: fact.attemptId ?? null,
    effectId,
    causationId: last?.id ?? null,
    event: fact.event,
    payloadDigest: "",
    previousHash: last === undefined ? genesisHash : chainHash({ ...last, type: last.event.type }),
  };
  run.events.push(envelope);
  run.state = evolve(run.state, envelope);
}

function outcomeOf(state: RunState, effect: Effect, dice: Dice): RunEvent {
  if (goesWrong(dice, 25)) return failed(dice.below(2) === 0);
  switch (effect.kind) {
    case "prepare-environment":
      return { type: "environment.prepared", payload: { key: "k", roots: [], reused: false, durationMs: 1 } };
    case "prepare-work-tree":
      return { type: "work-tree.prepared", payload: { checkoutId: effect.id, commit: effect.commit } };
    case "start-worker": {
      const server = { name: "codex", version: "0", server: "mcp-server", path: "/c", reason: "" };
      return { type: "worker.started", payload: { pid: 1, startTime: "1", server } };
    }
    case "run-turn":
      return turn(state, effect.taskKey, effect.ordinal, dice);
    case "end-worker":
      return { type: "worker.ended", payload: { how: "ended" } };
    case "commit":
      return {
        type: "commit.made",
        payload: { commit: `c-${effect.id}`, tree: `t-${effect.id}`, changes: [] },
      };
    case "salvage":
      return { type: "work.salvaged", payload: { commit: `s-${effect.id}`, tree: `t-${effect.id}` } };
    case "judge":
      return judged(state, effect, dice);
    case "merge":
      if (goesWrong(dice, 8)) return { type: "merge.conflicted", payload: { paths: ["a"] } };
      return {
        type: "merge.made",
        payload: {
          commit: `m-${effect.id}`,
          tree: dice.below(4) === 0 ? "other" : `t-${effect.attemptId}:commit`,
        },
      };
    case "publish-branch":
      return { type: "branch.published", payload: { branch: effect.branch, commit: effect.commit } };
  }
}

function failed(retryable: boolean): RunEvent {
  return { type: "effect.failed", payload: { failure: { code: "x", message: "x", remedy: "x", retryable } } };
}

function goesWrong(dice: Dice, odds: number): boolean {
  return dice.below(odds * dice.kindness) === 0;
}

function answerOf(state: RunState, { taskKey, attemptId }: EffectOf<"judge">): string | null {
  const attempt = state.tasks.get(taskKey)?.attempts.find(({ id }) => id === attemptId);
  return attempt?.turns.at(-1)?.answer ?? null;
}

/** What the answer says is judged as the gates do; everything else by the dice. */
function judged(state: RunState, effect: EffectOf<"judge">, dice: Dice): RunEvent {
  const name = gateName(effect.gate, effect.command);
  const verdict = verdictFor(name, answerOf(state, effect), dice);
  const findings = verdict === "passed" ? [] : [finding(name, "an objection")];
  const command = effect.command === null ? null : "true";
  const numbers = { exitCode: null, durationMs: 1, tree: null, evidence: null };
  const used = isRubricReview(effect.gate) ? reviewed(state, dice) : {};
  const judgement = { name, verdict, command, commit: effect.commit, findings, ...numbers, ...used };
  return { type: "gate.judged", payload: { judgement } };
}

/** A reviewer takes another turn only where the run has one. */
function reviewed({ turns, facts }: RunState, dice: Dice) {
  const taken = Math.min(1 + dice.below(2), (facts?.pipeline.limits.turns ?? 0) - turns);
  return { usage: { ...noUsage, inputTokens: taken }, turns: taken, threadId: "r", taskIds: [] };
}

function verdictFor(name: string, answer: string | null, dice: Dice): Verdict {
  if (answer === "no JSON" && name === "handoff") return "failed";
  if (name === "review") return answer?.includes('"reject"') === true ? "failed" : "passed";
  if (!goesWrong(dice, 3)) return "passed";
  return (["failed", "errored", "flaky"] as const)[dice.below(3)] ?? "failed";
}

function turn(state: RunState, key: string, ordinal: number, dice: Dice): RunEvent {
  const failure = goesWrong(dice, 10)
    ? { code: "m", message: "m", remedy: "m", retryable: dice.below(2) === 0 }
    : null;
  const usage = { ...noUsage, inputTokens: 1 };
  const answer = goesWrong(dice, 5) ? "no JSON" : answerFor(state, key, dice);
  const payload = { ordinal, threadId: "t", prompt: "", answer, usage, failure, durationMs: 1 };
  return { type: "turn.finished", payload };
}

function answerFor(state: RunState, key: string, dice: Dice): string {
  const spec = state.tasks.get(key)?.spec;
  if (key.startsWith("plan/"))
    return JSON.stringify({ summary: "s", tasks: planOf(1 + dice.below(4), dice) });
  if (spec) return JSON.stringify({ taskId: spec.id, status: "done", summary: "s", artifacts: [] });
  const reject = dice.below(3) === 0;
  const findings = reject ? [{ taskId: dice.below(2) === 0 ? "t0" : null, path: null, message: "no" }] : [];
  return JSON.stringify({ verdict: reject ? "reject" : "accept", summary: "s", findings });
}

function planOf(count: number, dice: Dice): TaskSpec[] {
  return Array.from({ length: count }, (_none, index) => ({
    id: `t${index}`,
    title: "t",
    description: "d",
    scope: ["src/**"],
    // Only on earlier ones: the plan gate refuses circles.
    dependsOn: index > 0 && dice.below(2) === 0 ? [`t${dice.below(index)}`] : [],
    commands: ["test"],
    artifacts: [],
  }));
}
