import type { Effect, EffectOf } from "../../core/effect.ts";
import { eventVersion, genesisHash, type EventEnvelope } from "../../core/events/envelope.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import { finding } from "../../core/finding.ts";
import { gatesOf, type GateSpec, type PipelineLimits } from "../../core/pipeline.ts";
import type { TaskSpec } from "../../core/task.ts";
import { noUsage } from "../../core/usage.ts";
import type { Verdict } from "../../core/verdict.ts";
import { decide } from "../../orchestrator/decide.ts";
import type { Fact } from "../../orchestrator/decision.ts";
import { evolve } from "../../orchestrator/evolve.ts";
import { gateName } from "../../core/gates/gate-name.ts";
import { initialState } from "../../orchestrator/initial-state.ts";
import { leadView } from "../../orchestrator/lead-view.ts";
import { chooseByRules } from "../../orchestrator/rules-lead.ts";
import type { RunState } from "../../orchestrator/state.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";
import { task } from "./scripted.ts";

export interface PlayedRun {
  state: RunState;
  effects: readonly Effect[];
  events: readonly EventEnvelope[];
  moves: readonly string[];
}

export interface Piece {
  tasks?: readonly TaskSpec[];
  limits?: Partial<PipelineLimits>;
  /** Gates beside those of the built-in pipeline, by stage. */
  moreGates?: Readonly<Record<string, readonly GateSpec[]>>;
  /** What becomes of an effect, by its id; everything else goes well. */
  outcomes?: Readonly<Record<string, RunEvent>>;
}

/** A whole run by the rules, in memory: every effect goes well but for those that the piece names. */
export function playRun({ tasks = [task()], limits, moreGates = {}, outcomes = {} }: Piece): PlayedRun {
  const effects: Effect[] = [];
  const events: EventEnvelope[] = [];
  const moves: string[] = [];
  const unplayed = new Set(Object.keys(outcomes));
  let state = initialState("r");
  const append = (
    { event, taskKey = null, attemptId = null }: Nullable<Fact>,
    effectId: string | null = null,
  ) => {
    const sequence = events.length + 1;
    const place = {
      id: `e${sequence}`,
      runId: "r",
      sequence,
      version: eventVersion,
      time: "",
      actor: "test",
    };
    const chain = { causationId: null, payloadDigest: "", previousHash: genesisHash };
    const envelope = { ...place, ...chain, taskKey, attemptId, effectId, event };
    events.push(envelope);
    state = evolve(state, envelope);
  };
  append({ event: startOf(limits, moreGates) });
  for (;;) {
    const decision = decide(state);
    if (decision.kind === "end") break;
    if (decision.kind === "wait") throw new Error("nothing is in flight, and decide waits");
    if (decision.kind === "record") for (const fact of decision.facts) append(fact);
    if (decision.kind === "choose") {
      const { move, why } = chooseByRules(leadView(state, decision.moves));
      moves.push(`${move.kind} ${move.taskKey}`);
      append({ event: { type: "move.chosen", payload: { move, by: "rules", why } }, taskKey: move.taskKey });
    }
    if (decision.kind === "perform") {
      const { effect } = decision;
      const place = "attemptId" in effect ? { taskKey: effect.taskKey, attemptId: effect.attemptId } : {};
      effects.push(effect);
      unplayed.delete(effect.id);
      append({ event: { type: "effect.intended", payload: { effect } }, ...place }, effect.id);
      append({ event: outcomes[effect.id] ?? goodOutcome(effect, tasks), ...place }, effect.id);
    }
  }
  if (unplayed.size > 0) throw new Error(`never asked for: ${[...unplayed].join(", ")}`);
  return { state, effects, events, moves };
}

type Nullable<T> = { [K in keyof T]: T[K] | null } & { event: RunEvent };

function startOf(limits: Partial<PipelineLimits> = {}, moreGates: NonNullable<Piece["moreGates"]>): RunEvent {
  const stages = planExecuteVerify.stages.map((stage) => ({
    ...stage,
    gates: [...gatesOf(stage), ...(moreGates[stage.name] ?? [])],
  }));
  return {
    type: "run.started",
    payload: {
      goal: "a goal",
      repository: { id: "r", path: "/r" },
      baseCommit: "base",
      branch: "portcullis/r",
      pipeline: { ...planExecuteVerify, stages, limits: { ...planExecuteVerify.limits, ...limits } },
      config: { setup: null, commands: { test: "true", lint: "true" }, protected: [] },
      codex: { name: "codex", version: "0", server: "mcp-server", path: "/c", reason: "" },
      model: null,
      lead: "rules",
      leftOut: [],
    },
  };
}

function goodOutcome(effect: Effect, tasks: readonly TaskSpec[]): RunEvent {
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
      return answered(effect.ordinal, goodAnswer(effect, tasks));
    case "end-worker":
      return { type: "worker.ended", payload: { how: "ended" } };
    case "commit":
      return {
        type: "commit.made",
        payload: { commit: `c ${effect.id}`, tree: `t ${effect.id}`, changes: [] },
      };
    case "salvage":
      return { type: "work.salvaged", payload: { commit: `s-${effect.id}`, tree: `t-${effect.id}` } };
    case "judge":
      return judged(gateName(effect.gate, effect.command), "passed");
    case "merge":
      return {
        type: "merge.made",
        payload: { commit: effect.commit, tree: effect.commit.replace(/^c/, "t") },
      };
    case "publish-branch":
      return { type: "branch.published", payload: { branch: effect.branch, commit: effect.commit } };
  }
}

function goodAnswer({ taskKey }: EffectOf<"run-turn">, tasks: readonly TaskSpec[]): object {
  const [stage, id] = taskKey.split("/");
  if (stage === "plan") return { summary: "s", tasks };
  if (stage === "execute") return { taskId: id, status: "done", summary: "s", artifacts: [] };
  return { verdict: "accept", summary: "s", findings: [] };
}

export function answered(ordinal: number, answer: object | string | null): RunEvent {
  const said = typeof answer === "string" || answer === null ? answer : JSON.stringify(answer);
  const about = { threadId: "t", prompt: "", usage: noUsage, failure: null, durationMs: 1 };
  return { type: "turn.finished", payload: { ordinal, answer: said, ...about } };
}

export function turnFailed(ordinal: number, retryable: boolean): RunEvent {
  const failure = { code: "model.overloaded", message: "too much", remedy: "wait", retryable };
  const about = { threadId: null, prompt: "", answer: null, usage: noUsage, durationMs: 1 };
  return { type: "turn.finished", payload: { ordinal, ...about, failure } };
}

export function effectFailed(retryable: boolean): RunEvent {
  const failure = { code: "disk.full", message: "no room", remedy: "make room", retryable };
  return { type: "effect.failed", payload: { failure } };
}

export function judged(name: string, verdict: Verdict, message = `${name} says no`): RunEvent {
  const command = name.startsWith("command:") ? "true" : null;
  const findings = verdict === "passed" ? [] : [finding(name, message)];
  const rest = { exitCode: null, durationMs: 1, commit: null, tree: null, evidence: null };
  return { type: "gate.judged", payload: { judgement: { name, verdict, command, findings, ...rest } } };
}
