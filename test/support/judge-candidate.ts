import { gateName } from "../../core/gates/gate-name.ts";
import type { GateSpec } from "../../core/pipeline.ts";
import type { TaskSpec } from "../../core/task.ts";
import { noUsage } from "../../core/usage.ts";
import type { Judgement } from "../../core/verdict.ts";
import { performEffect } from "../../orchestrator/perform/perform.ts";
import type { Surroundings } from "../../orchestrator/surroundings.ts";
import { task as workTask } from "./scripted.ts";
import { factsOf, makePlace, openWorld, type Place, type RunRequest, type WorldOptions } from "./world.ts";

export interface GateBench extends Place {
  world: Surroundings;
  /** Lets one gate judge, as a run would. */
  judge(gate: GateSpec, more?: { commit?: string; command?: string }): Promise<Judgement>;
}

export interface BenchRequest extends RunRequest {
  files?: Readonly<Record<string, string>>;
  stage?: "plan" | "execute" | "verify";
  task?: Partial<TaskSpec>;
  /** What the worker answered: an object is a packet. */
  answer?: object | string | null;
  world?: WorldOptions;
}

/** A run that stands where a gate is asked: one attempt with one turn behind it, on a real repository. */
export async function gateBench(request: BenchRequest = {}): Promise<GateBench> {
  const place = makePlace(request.files ?? { "src/a.txt": "a\n" });
  const world = await openWorld(place, request.world);
  const stage = request.stage ?? "execute";
  const spec = workTask(request.task);
  const taskKey = stage === "execute" ? `${stage}/${spec.id}` : `${stage}/${stage}`;
  const attemptId = `${taskKey}#1`;
  const { base } = place;
  const { answer = null } = request;
  const said = typeof answer === "string" || answer === null ? answer : JSON.stringify(answer);
  const turn = {
    ordinal: 1,
    threadId: "t",
    prompt: "",
    answer: said,
    usage: noUsage,
    failure: null,
    durationMs: 1,
  };
  const about = { taskKey, attemptId };
  await world.log.append([
    { event: { type: "run.started", payload: factsOf(place, request) } },
    { event: { type: "plan.accepted", payload: { stage: "plan", tasks: [spec], artifact: "" } } },
    { event: { type: "stage.started", payload: { stage } } },
    {
      event: { type: "attempt.started", payload: { taskKey, number: 1, base, from: base, findings: [] } },
      ...about,
    },
    { event: { type: "turn.finished", payload: turn }, ...about },
  ]);
  return {
    ...place,
    world,
    async judge(gate, { commit = base, command } = {}) {
      const name = gateName(gate, command ?? null);
      const id = `${attemptId}:judge-${name}`;
      const event = await performEffect(
        { kind: "judge", id, ...about, gate, command: command ?? null, base, commit },
        world,
      );
      if (event.type !== "gate.judged") throw new Error(`no verdict: ${JSON.stringify(event)}`);
      return event.payload.judgement;
    },
  };
}

export function messagesOf({ findings }: Judgement): string[] {
  return findings.map(({ path, message }) => (path === null ? message : `${path}: ${message}`));
}
